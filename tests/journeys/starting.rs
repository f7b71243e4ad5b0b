//! The first story of every store: it starts from nothing, serves, dies, and is there again.

use tests::{Program, Rest, Store};

tests::on_each_store!(starts_from_nothing_and_survives_a_kill);

async fn starts_from_nothing_and_survives_a_kill(store: Store) {
    let mut program = Program::start(store).await;
    let anybody = Rest::new(&program);
    anybody.get("/healthz").await.expect(200);

    let link = program.first_administrator_link();
    assert!(link.starts_with(program.base()), "{link} leads to this server");

    let before = program.base().to_owned();
    program.kill();
    assert!(anybody.get("/healthz").attempt().await.is_err(), "a killed program answers nobody");

    program.restart().await;
    assert_eq!(program.base(), before, "links that were given out before still lead here");
    anybody.get("/healthz").await.expect(200);
}
