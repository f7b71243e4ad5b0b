//! What a step does with rows that are there: an installation brings its procurements along.

use migration::Migrator;
use sea_orm::prelude::DateTimeUtc;
use sea_orm::sea_query::{Expr, Query};
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait, QueryOrder};
use sea_orm_migration::MigratorTrait;
use tests::Store;
use tests::stores::Place;
use uuid::Uuid;

/// The steps before interests were declared more than once.
const BEFORE_INTERESTS: u32 = 17;

tests::on_each_store!(declarations_of_before_are_kept);
async fn declarations_of_before_are_kept(store: Store) {
    let place = Place::fresh(store).await;
    let url = &place.database_url;
    let url = if store == Store::Sqlite { format!("{url}?mode=rwc") } else { url.clone() };
    let database = Database::connect(url).await.expect("the database opens");
    Migrator::up(&database, Some(BEFORE_INTERESTS)).await.expect("the earlier steps run");
    let at = |hours: i64| DateTimeUtc::from_timestamp(1_800_000_000 + 3600 * hours, 0).expect("an instant");
    let opened = at(0);
    let (council, procurement) = (Uuid::now_v7(), Uuid::now_v7());
    let person = [Uuid::now_v7(), Uuid::now_v7()];
    let row = |names: &[&'static str], values: Vec<Expr>| (names.to_vec(), values);
    let (id, made, version) = ("id", "created_at", "version");
    let ashvale = row(
        &[id, "name", "email", made, version],
        vec![council.into(), "Ashvale".into(), "notices@ashvale.example".into(), opened.into(), 1_i64.into()],
    );
    add(&database, "council", ashvale).await;
    for person in person {
        let officer = row(
            &[id, "email", "name", "site_administrator", "council_administrator", "outsider", made, version],
            vec![
                person.into(),
                format!("{person}@ashvale.example").into(),
                "An officer".into(),
                false.into(),
                false.into(),
                false.into(),
                opened.into(),
                1_i64.into(),
            ],
        );
        add(&database, "person", officer).await;
    }
    let joint = row(
        &[
            id,
            "reference",
            "title",
            "description",
            "route",
            "contracting_model",
            "lead_council_id",
            "term_years",
            "stage",
            "pool_version",
            "opened_at",
            made,
            version,
        ],
        vec![
            procurement.into(),
            "ICT-2027-01".into(),
            "Housing system".into(),
            "".into(),
            "open".into(),
            "each_signs".into(),
            council.into(),
            2_i32.into(),
            "scoring".into(),
            1_i64.into(),
            opened.into(),
            opened.into(),
            1_i64.into(),
        ],
    );
    add(&database, "procurement", joint).await;
    for (person, declared_at) in [(person[0], at(-1)), (person[1], at(1))] {
        let declaration = row(
            &[id, "procurement_id", "person_id", "interest", "detail", "declared_at", version],
            vec![
                Uuid::now_v7().into(),
                procurement.into(),
                person.into(),
                "mitigated".into(),
                "Owns shares.".into(),
                declared_at.into(),
                2_i64.into(),
            ],
        );
        add(&database, "interest", declaration).await;
    }
    Migrator::up(&database, None).await.expect("the later steps run");

    let rows = entity::interest_declaration::Entity::find()
        .order_by_asc(entity::interest_declaration::Column::DeclaredAt)
        .all(&database)
        .await
        .expect("the rows");
    assert_eq!(rows.len(), 2);
    for (row, person) in rows.iter().zip(person) {
        assert_eq!((row.person_id, row.version, row.current), (person, 2, true));
        assert_eq!((row.detail.as_str(), row.to_clear, row.declared_by), ("Owns shares.", false, None));
    }
    let known: Vec<bool> = rows.iter().map(|row| row.bidders_known).collect();
    assert_eq!(known, [false, true], "what was declared after the opening was declared of known bidders");
}

/// A row of a table as it was then: today's entities may know more columns.
async fn add(
    database: &DatabaseConnection,
    table: &'static str,
    (names, values): (Vec<&'static str>, Vec<Expr>),
) {
    let mut row = Query::insert();
    row.into_table(table).columns(names).values(values).expect("a value for each column");
    database.execute(&row).await.unwrap_or_else(|error| panic!("{table}: {error}"));
}
