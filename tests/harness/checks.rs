//! The harness is held to its word too: a post box that keeps nothing, or a form that sends nothing, would let every
//! story about them pass or fail for the wrong reason.

use std::process::Command;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use crate::{Browser, Need, Page, PostBox, Rest, Visitor, browser, machine, missing, stores};

#[test]
fn the_post_box_keeps_refuses_and_cuts() {
    if !missing::all_here(&[Need::PostBox]) {
        return;
    }
    let mut post = PostBox::open();
    post.refuse_recipient("gone@brackenham.example", "550 5.1.1 No such person");
    post.cut_after_dot("cut@carrow.example");
    assert_eq!(send(&post, "officer@ashvale.example"), "sent");
    assert_eq!(send(&post, "gone@brackenham.example"), "SMTPRecipientsRefused");
    assert_eq!(send(&post, "cut@carrow.example"), "SMTPServerDisconnected");
    post.accept_all();
    post.refuse_data("*", "452 4.2.2 Full");
    assert_eq!(send(&post, "officer@ashvale.example"), "SMTPDataError");
    post.accept_all();
    post.refuse_sender("451 4.3.0 Later");
    assert_eq!(send(&post, "officer@ashvale.example"), "SMTPSenderRefused");

    let mails = stores::run(post.wait_for_count(2));
    assert_eq!(mails.len(), 2, "what was refused is not kept");
    assert_eq!(post.mails_to("cut@carrow.example").len(), 1, "what was cut after the dot is kept");
    let mail = &mails[0];
    assert_eq!(mail.envelope_to, ["officer@ashvale.example"]);
    assert_eq!(mail.subject, "Award – £2");
    assert_eq!(mail.message_id, "<1@commonlot.example>");
    assert_eq!(mail.link("/claim"), "http://127.0.0.1/claim?x=1");
    assert!(
        mail.raw.starts_with(b"From: commonlot@ashvale.example\r\n"),
        "the bytes are those that were sent"
    );
}

/// Sends one message by another implementation of SMTP; gives `sent` or the error's name.
fn send(post: &PostBox, to: &str) -> String {
    let script = "
import smtplib, sys
message = ('From: commonlot@ashvale.example\\r\\nTo: ' + sys.argv[2] + '\\r\\nSubject: =?utf-8?q?Award_=E2=80=93_=C2=A32?=\\r\\n'
    'Message-ID: <1@commonlot.example>\\r\\n\\r\\nSee http://127.0.0.1/claim?x=1.\\r\\n').encode()
try:
    with smtplib.SMTP('127.0.0.1', int(sys.argv[1])) as server:
        server.sendmail('commonlot@ashvale.example', [sys.argv[2]], message)
    print('sent')
except smtplib.SMTPException as error:
    print(type(error).__name__)
";
    let python = machine::python().expect("python");
    let output = Command::new(python)
        .args(["-c", script, &post.port().to_string(), to])
        .output()
        .expect("python runs");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

const PAGE: &str = "<!doctype html><html lang=en><title>Needs – Commonlot</title><body><main><h1>Needs</h1>
    <script>never shown</script><table><caption>Demand</caption><tr><th scope=col>Line<td>3</table>
    <form action='/needs' method=post id=need><input type=hidden name=version value=7>
      <label for=t>Text</label><textarea id=t name=text>\nold</textarea>
      <label><input type=radio name=kind value=must checked> Must</label>
      <label><input type=radio name=kind value=should> Should</label>
      <label><input type=checkbox name=lot value=a> Lot A</label>
      <label>Year <select name=year><option value=1>First<option value=2>Second</select></label>
      <button>Save</button><button name=then value=next>Save and next</button></form>
    <label>Elsewhere <input form=need name=far value=x></label></main>";

#[test]
fn a_form_sends_what_a_browser_would() {
    stores::run(async {
        let (base, server) = serve_once().await;
        let page = Page::from_html(&format!("{base}/start"), PAGE).is(200, "Needs").is_sound();
        assert_eq!(page.table("Demand"), [["Line", "3"]]);
        assert!(!page.text().contains("never shown"));
        let form =
            page.form("Save and next").set("Text", "one\ntwo").set("kind", "Should").set("year", "Second");
        assert_eq!(form.value("version"), "7");
        let answer = Visitor::at(&base).send(form.tick("lot", "a")).await;
        assert_eq!(answer.status, 200);
        let request = server.await.expect("the server");
        let body = "version=7&text=one%0D%0Atwo&kind=should&lot=a&year=2&far=x&then=next";
        assert!(request.starts_with("POST /needs HTTP/1.1\r\n") && request.ends_with(body), "{request}");
        assert!(request.contains("sec-fetch-site: same-origin\r\n"), "{request}");
    });
}

#[test]
#[should_panic(expected = "takes “wish”")]
fn a_form_takes_no_option_that_is_not_there() {
    drop(Page::from_html("http://127.0.0.1/", PAGE).form("Save").set("kind", "wish"));
}

#[test]
#[should_panic(expected = "id t twice; no label")]
fn an_unsound_page_is_found() {
    drop(
        Page::from_html(
            "http://127.0.0.1/",
            &PAGE.replace("id=need", "id=t").replace("<label for=t>Text</label>", ""),
        )
        .is_sound(),
    );
}

#[test]
#[should_panic(
    expected = "names hint, which is not there; a link leads to #gone, which is not there; title “Error: "
)]
fn a_page_that_leads_nowhere_is_found() {
    let page =
        "<html lang=en><title>Error: Needs</title><h1 aria-describedby=hint>Needs</h1><a href='#gone'>On</a>";
    drop(Page::from_html("http://127.0.0.1/", page).is_sound());
}

#[test]
fn a_visitor_keeps_secure_cookies_on_loopback() {
    stores::run(async {
        let (base, server) = serve_once().await;
        let visitor = Visitor::at(&base);
        visitor.get("/first").await;
        drop(server.await);
        assert_eq!(visitor.cookies(), [("__Host-session".to_owned(), "s3".to_owned())]);
        assert!(visitor.cookie_lines()[0].ends_with("Secure; HttpOnly"));
    });
}

#[test]
#[should_panic(expected = "expected 404")]
fn an_answer_of_another_status_is_shown_whole() {
    stores::run(async {
        let (base, _server) = serve_once().await;
        Rest::at(&base).bearer("key").get("/x").await.expect(404);
    });
}

/// axe finds a fault that is there and none on a sound page, under the policy that the program's pages carry.
#[test]
fn axe_sees_faults_in_chromium() {
    if !missing::all_here(&[Need::Chromium]) {
        return;
    }
    stores::run(async {
        let folder = tempfile::tempdir().expect("a folder");
        let policy =
            "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; script-src 'self'\">";
        let sound = PAGE.replace("<title>", &format!("{policy}<title>"));
        let faulty = sound.replace("<h1>", "<img src=x.png><h1>");
        std::fs::write(folder.path().join("sound.html"), sound).expect("a file");
        std::fs::write(folder.path().join("faulty.html"), faulty).expect("a file");
        let browser = Browser::open(&format!("file://{}", folder.path().display())).await;
        browser.go("/sound.html").await;
        assert_eq!(browser.h1().await, "Needs");
        assert_eq!(browser.axe().await, []);
        browser.look(browser::NARROW, browser::Light::Night).await;
        assert_eq!(
            browser.script("return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]").await,
            serde_json::json!([390, true])
        );
        browser.go("/faulty.html").await;
        let found: Vec<_> = browser.axe().await.into_iter().map(|violation| violation.id).collect();
        assert_eq!(found, ["image-alt"]);
        let picture = browser.screenshot("harness-check").await;
        assert!(std::fs::metadata(&picture).expect("a picture").len() > 1000);
        std::fs::remove_file(picture).expect("the picture can be removed");
        let profile = browser.profile().to_owned();
        drop(browser);
        assert!(!profile.exists(), "Chromium is gone, and its profile with it");
    });
}

/// A server for one request, which it gives back.
async fn serve_once() -> (String, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("its address"));
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.expect("a visitor");
        let mut request = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let read = stream.read(&mut chunk).await.expect("the request");
            request.extend_from_slice(&chunk[..read]);
            let text = String::from_utf8_lossy(&request).into_owned();
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().expect("a length")) {
                let answer = "HTTP/1.1 200 OK\r\nset-cookie: __Host-session=s3; Path=/; Secure; HttpOnly\r\n\
                    content-length: 2\r\nconnection: close\r\n\r\nok";
                stream.write_all(answer.as_bytes()).await.expect("the answer");
                return text;
            }
        }
    });
    (base, server)
}
