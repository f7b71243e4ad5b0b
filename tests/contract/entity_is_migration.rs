//! The entities say what the migrations made: the same tables, columns, types, nullability and keys, on both stores.
//!
//! Migrations are the truth. The entities' own idea of a table is made in a second, empty database, and what the two
//! databases say of themselves is compared.

use std::collections::BTreeMap;

use migration::Migrator;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Schema, Statement};
use sea_orm_migration::MigratorTrait;
use tests::Store;
use tests::stores::Place;

tests::on_each_store!(entities_equal_migrations);
async fn entities_equal_migrations(store: Store) {
    let (migrated, declared) = (Place::fresh(store).await, Place::fresh(store).await);
    let migrated = connect(&migrated.database_url).await;
    let declared = connect(&declared.database_url).await;
    Migrator::up(&migrated, None).await.expect("the migrations run");
    let entities = Box::pin(declare_all(&declared)).await;
    assert_eq!(entities, entity_files(), "each file of entity/src is declared here");

    let mut migrated = columns(&migrated).await;
    migrated.remove("seaql_migrations");
    let declared = columns(&declared).await;
    assert_eq!(migrated.keys().collect::<Vec<_>>(), declared.keys().collect::<Vec<_>>(), "the same tables");
    for (table, columns) in &migrated {
        assert_eq!(columns, &declared[table], "table {table}: migrated (left) and declared (right)");
    }
}

async fn connect(url: &str) -> DatabaseConnection {
    let url = if url.starts_with("sqlite") { format!("{url}?mode=rwc") } else { url.to_owned() };
    Database::connect(url).await.expect("the database opens")
}

/// Makes every entity's table as the entity describes it, and counts them.
async fn declare_all(database: &DatabaseConnection) -> usize {
    let backend = database.get_database_backend();
    let schema = Schema::new(backend);
    let tables = vec![
        schema.create_table_from_entity(entity::addressed_question::Entity),
        schema.create_table_from_entity(entity::addressed_reply::Entity),
        schema.create_table_from_entity(entity::allocation::Entity),
        schema.create_table_from_entity(entity::api_key::Entity),
        schema.create_table_from_entity(entity::assignment::Entity),
        schema.create_table_from_entity(entity::award::Entity),
        schema.create_table_from_entity(entity::bid::Entity),
        schema.create_table_from_entity(entity::bid_answer::Entity),
        schema.create_table_from_entity(entity::bid_confidential::Entity),
        schema.create_table_from_entity(entity::bid_outcome::Entity),
        schema.create_table_from_entity(entity::bid_price::Entity),
        schema.create_table_from_entity(entity::bid_response::Entity),
        schema.create_table_from_entity(entity::clarification::Entity),
        schema.create_table_from_entity(entity::clarification_answer::Entity),
        schema.create_table_from_entity(entity::consensus::Entity),
        schema.create_table_from_entity(entity::council::Entity),
        schema.create_table_from_entity(entity::criterion::Entity),
        schema.create_table_from_entity(entity::deadline_extension::Entity),
        schema.create_table_from_entity(entity::model_test::Entity),
        schema.create_table_from_entity(entity::decision::Entity),
        schema.create_table_from_entity(entity::demand::Entity),
        schema.create_table_from_entity(entity::document::Entity),
        schema.create_table_from_entity(entity::draft_answer::Entity),
        schema.create_table_from_entity(entity::draft_file::Entity),
        schema.create_table_from_entity(entity::idempotency_key::Entity),
        schema.create_table_from_entity(entity::interest_clearance::Entity),
        schema.create_table_from_entity(entity::interest_declaration::Entity),
        schema.create_table_from_entity(entity::invitation::Entity),
        schema.create_table_from_entity(entity::invitation_member::Entity),
        schema.create_table_from_entity(entity::late_decision::Entity),
        schema.create_table_from_entity(entity::late_word::Entity),
        schema.create_table_from_entity(entity::ledger_entry::Entity),
        schema.create_table_from_entity(entity::ledger_head::Entity),
        schema.create_table_from_entity(entity::limit_count::Entity),
        schema.create_table_from_entity(entity::lot::Entity),
        schema.create_table_from_entity(entity::mail_attempt::Entity),
        schema.create_table_from_entity(entity::mark::Entity),
        schema.create_table_from_entity(entity::mark_draft::Entity),
        schema.create_table_from_entity(entity::method::Entity),
        schema.create_table_from_entity(entity::one_time_link::Entity),
        schema.create_table_from_entity(entity::opening_consent::Entity),
        schema.create_table_from_entity(entity::opening_witness::Entity),
        schema.create_table_from_entity(entity::outbox_message::Entity),
        schema.create_table_from_entity(entity::pack::Entity),
        schema.create_table_from_entity(entity::participation::Entity),
        schema.create_table_from_entity(entity::person::Entity),
        schema.create_table_from_entity(entity::pooled_requirement::Entity),
        schema.create_table_from_entity(entity::price_correction::Entity),
        schema.create_table_from_entity(entity::procurement::Entity),
        schema.create_table_from_entity(entity::procurement_role::Entity),
        schema.create_table_from_entity(entity::procurement_seal::Entity),
        schema.create_table_from_entity(entity::quality_lock::Entity),
        schema.create_table_from_entity(entity::mark_change::Entity),
        schema.create_table_from_entity(entity::answer_release::Entity),
        schema.create_table_from_entity(entity::recommendation::Entity),
        schema.create_table_from_entity(entity::requirement::Entity),
        schema.create_table_from_entity(entity::result::Entity),
        schema.create_table_from_entity(entity::scale::Entity),
        schema.create_table_from_entity(entity::schedule_line::Entity),
        schema.create_table_from_entity(entity::score_sheet::Entity),
        schema.create_table_from_entity(entity::session::Entity),
        schema.create_table_from_entity(entity::setting::Entity),
        schema.create_table_from_entity(entity::sheet_import::Entity),
        schema.create_table_from_entity(entity::signature::Entity),
        schema.create_table_from_entity(entity::stored_file::Entity),
        schema.create_table_from_entity(entity::submission::Entity),
        schema.create_table_from_entity(entity::submission_file::Entity),
        schema.create_table_from_entity(entity::supplier::Entity),
        schema.create_table_from_entity(entity::withholding::Entity),
    ];
    for table in &tables {
        database.execute(table).await.expect("the entity's table is made");
    }
    tables.len()
}

fn entity_files() -> usize {
    let files = std::fs::read_dir(tests::machine::workspace().join("entity/src")).expect("entity/src");
    let names = files.map(|file| file.expect("a file").file_name().into_string().expect("a name"));
    names.filter(|name| !["lib.rs", "word.rs"].contains(&name.as_str())).count()
}

/// What a database says of its tables: each column's type, whether it may be empty, and its place in the key.
async fn columns(database: &DatabaseConnection) -> BTreeMap<String, Vec<String>> {
    let backend = database.get_database_backend();
    let query = match backend {
        DbBackend::Sqlite => {
            "SELECT m.name AS t, c.name AS c, \
             lower(c.type) || ' ' || (c.\"notnull\" OR c.pk > 0) || ' ' || c.pk AS d \
             FROM sqlite_master m JOIN pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, c.name"
        }
        _ => {
            "SELECT c.table_name::text AS t, c.column_name::text AS c, \
             c.data_type || ' ' || c.is_nullable || ' ' || coalesce(k.ordinal_position, 0) AS d \
             FROM information_schema.columns c \
             LEFT JOIN information_schema.table_constraints p \
               ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' \
             LEFT JOIN information_schema.key_column_usage k \
               ON k.constraint_name = p.constraint_name AND k.table_schema = c.table_schema \
               AND k.table_name = c.table_name AND k.column_name = c.column_name \
             WHERE c.table_schema = 'public' ORDER BY 1, 2"
        }
    };
    let rows = database.query_all_raw(Statement::from_string(backend, query)).await.expect("the catalogue");
    let mut tables: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows {
        let text = |name: &str| row.try_get::<String>("", name).expect("a text");
        tables.entry(text("t")).or_default().push(format!("{} {}", text("c"), text("d")));
    }
    tables
}
