//! Routes, guards and workers, put together. The only file that knows their order.

use std::time::Duration;

use poem::http::{StatusCode, header};
use poem::listener::TcpAcceptor;
use poem::middleware::RequestId;
use poem::web::Path;
use poem::{Endpoint, EndpointExt, IntoResponse, Response, Route, Server, get, handler};
use poem_openapi::OpenApiService;
use tokio::net::TcpListener;

use crate::http::guards::{Answered, BodyLimit, Headers, SameOrigin};
use crate::http::{calculator, problem, shell, visit};
use crate::kernel::outbox::worker;
use crate::kernel::{Caller, Db, Refusal, secrets};
use crate::{bidding, deciding, overview, people, pooling, scoring, telling, tendering};

/// How long requests under way may take to end once the program is told to stop.
const SHUTDOWN: Duration = Duration::from_secs(10);
/// A connection that sends nothing for this long is closed.
const IDLE: Duration = Duration::from_secs(75);

/// Serves until the process is told to stop.
#[expect(clippy::print_stdout, reason = "the address is the command's answer")]
pub async fn serve(db: Db, listener: TcpListener, smtp_url: Option<&str>) -> Result<(), Refusal> {
    if let Some(url) = smtp_url {
        tokio::spawn(worker::run(db.clone(), worker::transport(url)?));
    } else {
        tracing::warn!(
            "no mail server is set (COMMONLOT_SMTP_URL): mails are withheld and can be read on the outbox page"
        );
    }
    let address = listener.local_addr().map_err(|error| Refusal::internal(&error))?;
    // Listened for before anybody can know that the program serves: until then a signal would end it unasked.
    let terminate = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
        .map_err(|error| Refusal::internal(&error))?;
    println!("Commonlot is serving at http://{address}");
    let acceptor = TcpAcceptor::from_tokio(listener).map_err(|error| Refusal::internal(&error))?;
    Server::new_with_acceptor(acceptor)
        .idle_timeout(IDLE)
        .run_with_graceful_shutdown(routes(&db), told_to_stop(terminate), Some(SHUTDOWN))
        .await
        .map_err(|error| Refusal::internal(&error))
}

async fn told_to_stop(mut terminate: tokio::signal::unix::Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

/// Everything the program answers to.
#[must_use]
pub fn routes(db: &Db) -> impl Endpoint<Output = Response> + 'static {
    if let Some(key) = &db.installation().seal_key {
        visit::prove_notices_with(key.notices());
    }
    let service = OpenApiService::new(apis(), "Commonlot", env!("CARGO_PKG_VERSION"))
        .description("Joint ICT procurement by councils. Every page's action is here too.")
        .server("/api/v1");
    let reference = service.scalar_html();
    let https = db.installation().base_url.starts_with("https://");
    let headers = Headers { https, reference_scripts: script_hashes(&reference) };
    let specification = service.spec_endpoint();
    let pages = pages(Route::new())
        .at("/healthz", get(healthy))
        .at("/readyz", get(ready))
        .at("/assets/*path", get(asset));
    let api = Route::new()
        .nest("/v1", service)
        .nest("/openapi.json", specification)
        .at("/docs", get(poem::endpoint::make_sync(move |_| poem::web::Html(reference.clone()))));
    Route::new()
        .nest("/api", api)
        .nest("/", pages)
        .with(BodyLimit)
        .with(SameOrigin)
        .data(db.clone())
        .with(Answered(db.clone()))
        .with(headers)
        .with(RequestId::default())
        .map_to_response()
}

/// The API's operations, stage by stage, and the calculator.
fn apis() -> impl poem_openapi::OpenApi {
    (
        people::rest::Operations,
        pooling::rest::Operations,
        tendering::rest::Operations,
        bidding::rest::Operations,
        scoring::rest::Operations,
        deciding::rest::Operations,
        telling::rest::Operations,
        overview::rest::Operations,
        calculator::Operations,
    )
}

/// The pages, stage by stage.
fn pages(route: Route) -> Route {
    let route = people::pages::routes(route);
    let route = pooling::pages::routes(route);
    let route = tendering::pages::routes(route);
    let route = bidding::pages::routes(route);
    let route = scoring::pages::routes(route);
    let route = deciding::pages::routes(route);
    let route = telling::pages::routes(route);
    overview::pages::routes(route)
}

#[handler]
fn healthy() -> &'static str {
    "ok"
}

#[handler]
async fn ready(db: poem::web::Data<&Db>) -> Response {
    match db.read(&Caller::System, |_| async { Ok(()) }).await {
        Ok(()) => "ready".into_response(),
        Err(refusal) => problem::respond(&refusal),
    }
}

#[handler]
fn asset(Path(path): Path<String>) -> Response {
    match shell::asset(&format!("/assets/{path}")) {
        Some(asset) => Response::builder()
            .header(header::CONTENT_TYPE, asset.content_type)
            .header(header::CACHE_CONTROL, "public, max-age=31536000, immutable")
            .body(asset.bytes),
        None => Response::builder().status(StatusCode::NOT_FOUND).finish(),
    }
}

/// CSP sources for the scripts inside the API reference, the one page that has any.
fn script_hashes(html: &str) -> String {
    html.split("<script")
        .skip(1)
        .filter_map(|rest| {
            let body = rest.split_once('>')?.1.split_once("</script>")?.0;
            Some(format!("'sha256-{}'", secrets::sha256_base64(body)))
        })
        .collect::<Vec<_>>()
        .join(" ")
}
