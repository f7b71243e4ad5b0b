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

tests::on_sqlite!(it_starts_with_its_own_seal_key_only);
async fn it_starts_with_its_own_seal_key_only(store: Store) {
    let mut program = Program::start(store).await;
    program.stop().await;
    let key = program.folder().join("commonlot.seal-key");
    let own = std::fs::read(&key).expect("the seal key was made beside the database");

    std::fs::remove_file(&key).expect("the key can be taken away");
    let refused = program.run(&["serve"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("seal key") && refused.stderr.contains("missing"), "{refused:?}");
    assert!(!key.exists(), "no other key is made for a database that has its own");

    assert_eq!(program.run(&["seal-key", "commonlot.seal-key"]).code, 0);
    let refused = program.run(&["serve"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("was sealed with the key"), "{refused:?}");
    assert_eq!(program.run(&["verify"]).code, 0, "an auditor needs no seal key");

    std::fs::write(&key, own).expect("the key can be put back");
    program.restart().await;
}
