//! Answers typed on the supplier's page and what is marked as confidential: limits, who may not, what counts, what the
//! manifest covers, and that nothing of it shows before the opening.

use entity::{draft_answer, idempotency_key, ledger_entry, outbox_message};
use rules::words::AnswerOrigin;
use sea_orm::EntityTrait;

use super::fixture::{Tender, filled};
use crate::bidding::bid;
use crate::bidding::draft::answers::{self, OwnAnswer};
use crate::bidding::draft::typed::{self, WordsInput};
use crate::bidding::draft::{self, Drafts};
use crate::bidding::submission::{self, SubmissionInput};
use crate::kernel::{Caller, Paging, Refusal};

pub(super) fn text(text: &str) -> WordsInput {
    WordsInput { text: Some(text.to_owned()), ..WordsInput::default() }
}

pub(super) fn confidential(words: &str, because: &str) -> WordsInput {
    WordsInput { confidential_because: Some(because.to_owned()), ..text(words) }
}

impl Tender {
    /// Types about a question, as seen at a version.
    pub(super) async fn type_at(
        &self,
        who: &Caller,
        question: &str,
        seen: i64,
        input: WordsInput,
    ) -> Result<OwnAnswer, Refusal> {
        let question = question.to_owned();
        self.world.write(who, move |w| async move { typed::save(&w, &question, seen, input).await }).await
    }

    pub(super) async fn drafts(&self, who: &Caller) -> Drafts {
        self.world.read(who, |r| async move { draft::view(&r).await }).await.unwrap()
    }

    /// What the hash of a submission would be now.
    async fn hash_now(&self, who: &Caller) -> String {
        self.drafts(who).await.manifest_hash.unwrap()
    }
}

#[tokio::test]
async fn everything_wrong_is_said_at_once_with_the_number_of_words() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    let input = WordsInput {
        text: Some(vec!["word"; 15].join("\r\n")),
        confidential_because: Some("  ".to_owned()),
        document_confidential_because: Some("x".repeat(501)),
    };
    let refusal = tender.type_at(&supplier, "Q2", 0, input).await.unwrap_err();
    let codes: Vec<_> =
        refusal.fields.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(
        codes,
        [
            ("text", "over_word_limit"),
            ("confidential_because", "missing"),
            ("document_confidential_because", "too_long"),
            ("document_confidential_because", "not_a_document_question"),
        ]
    );
    assert_eq!(
        refusal.about("text"),
        Some("This has 15 words, and the limit is 12. Shorten it by 3."),
        "Q2 has a limit of 12"
    );
    let long = tender.type_at(&supplier, "Q1", 0, text(&"x".repeat(typed::MOST_CHARACTERS + 1))).await;
    assert_eq!(long.unwrap_err().fields[0].code, "too_long");
    let turned = tender.type_at(&supplier, "Q1", 0, text("read\u{202e}this")).await;
    assert_eq!(turned.unwrap_err().fields[0].code, "unprintable");
    assert_eq!(tender.type_at(&supplier, "Q9", 0, text("x")).await.unwrap_err().status(), 404);
    // At the limit it is taken, and line ends are the same whichever browser sent them.
    let twelve = ["word"; 12].join("\r\n");
    let saved = tender.type_at(&supplier, "Q2", 0, text(&twelve)).await.unwrap();
    assert_eq!((saved.words, saved.version, saved.word_limit), (12, 1, Some(12)));
    assert_eq!(saved.typed.unwrap(), ["word"; 12].join("\n"));
}

#[tokio::test]
async fn of_two_windows_the_second_is_told_and_nothing_is_overwritten_unseen() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.type_at(&supplier, "Q1", 0, confidential("First.", "It is our secret.")).await.unwrap();
    assert_eq!(tender.type_at(&supplier, "Q1", 0, text("Other.")).await.unwrap_err().status(), 412);
    let cleared = tender.type_at(&supplier, "Q1", 1, WordsInput::default()).await.unwrap();
    assert_eq!((cleared.typed, cleared.confidential_because, cleared.version), (None, None, 2));
    // No version comes twice, so the first window is told again.
    assert_eq!(tender.type_at(&supplier, "Q1", 0, text("Late.")).await.unwrap_err().status(), 412);
    assert_eq!(tender.type_at(&supplier, "Q1", 1, text("Late.")).await.unwrap_err().status(), 412);
    tender.type_at(&supplier, "Q1", 2, text("Second.")).await.unwrap();
}

#[tokio::test]
async fn another_supplier_officers_and_nobody_reach_none_of_it() {
    let tender = Tender::published().await;
    let (one, two) =
        (tender.supplier("a@larkfield.example").await, tender.supplier("b@carrow.example").await);
    tender.type_at(&one, "Q1", 0, text("Ours.")).await.unwrap();
    let others = tender
        .world
        .read(&two, |r| async move { Ok(answers::list(&r, &Paging::default()).await?.items) })
        .await
        .unwrap();
    assert_eq!(
        others.iter().map(|answer| (answer.version, answer.typed.as_deref())).collect::<Vec<_>>(),
        [(0, None), (0, None)]
    );
    let file = tender.world.read(&two, |r| async move { typed::download(&r, "Q1").await }).await;
    assert_eq!(file.unwrap_err().status(), 404);
    for (who, status) in [(&tender.coordinator, 404), (&tender.panel_member, 404), (&Caller::Nobody, 401)] {
        let saved = tender.type_at(who, "Q1", 0, text("Theirs.")).await;
        assert_eq!(saved.unwrap_err().status(), status);
        let read = tender.world.read(who, |r| async move { answers::one(&r, "Q1").await }).await;
        assert_eq!(read.unwrap_err().status(), status);
        let file = tender.world.read(who, |r| async move { typed::download(&r, "Q1").await }).await;
        assert_eq!(file.unwrap_err().status(), status);
    }
    let own = tender.world.read(&one, |r| async move { typed::download(&r, "Q1").await }).await.unwrap();
    assert_eq!((own.name.as_str(), own.bytes.as_slice()), ("Q1.txt", &b"Ours."[..]));
    tender.open().await;
    let late = tender.type_at(&one, "Q1", 1, text("After the opening.")).await;
    assert_eq!(late.unwrap_err().code, "box_opened");
}

#[tokio::test]
async fn the_manifest_covers_typed_answers_and_marks() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    let bare = tender.hash_now(&supplier).await;
    tender.submit(&supplier).await.unwrap();
    assert!(!tender.drafts(&supplier).await.has_changes());

    tender.type_at(&supplier, "Q2", 0, text("In three steps.")).await.unwrap();
    let typed = tender.hash_now(&supplier).await;
    assert_ne!(bare, typed, "a typed answer is part of the manifest");
    assert!(tender.drafts(&supplier).await.has_changes());
    let input = confidential("In three steps.", "It names our subcontractor.");
    tender.type_at(&supplier, "Q2", 1, input).await.unwrap();
    let marked = tender.hash_now(&supplier).await;
    assert_ne!(typed, marked, "so is a mark");
    let input = confidential("In three steps.", "It names our subcontractors.");
    tender.type_at(&supplier, "Q2", 2, input).await.unwrap();
    assert_ne!(marked, tender.hash_now(&supplier).await, "and its reason");

    let stale = SubmissionInput { manifest_hash: Some(typed), ..SubmissionInput::default() };
    let refused = tender.world.write(&supplier, |w| async move { submission::submit(&w, stale).await }).await;
    assert_eq!(refused.unwrap_err().status(), 412, "what was typed since was not seen");
    let receipt = tender.submit(&supplier).await.unwrap();
    assert_eq!(rules::canonical::sha256_hex(receipt.manifest.as_bytes()), receipt.submission.manifest_hash);
    let sha256 = rules::canonical::sha256_hex(b"In three steps.");
    assert!(receipt.manifest.contains(&sha256) && receipt.manifest.contains("our subcontractors."));
    assert_eq!(receipt.typed.iter().map(|answer| answer.question.as_str()).collect::<Vec<_>>(), ["Q2"]);
    assert!(!tender.drafts(&supplier).await.has_changes());
    let kept = tender.world.read(&supplier, |r| async move {
        Ok((submission::receipt(&r, 2).await?, submission::typed_answer(&r, 2, "Q2").await?))
    });
    let (again, file) = kept.await.unwrap();
    assert_eq!((again.manifest, again.signed), (receipt.manifest, receipt.signed), "the same receipt again");
    assert_eq!(file.bytes, b"In three steps.");
    let none = tender.world.read(&supplier, |r| async move { submission::typed_answer(&r, 1, "Q2").await });
    assert_eq!(none.await.unwrap_err().status(), 404, "nothing was typed in the first submission");
    // Taking everything back gives the first manifest again.
    tender.type_at(&supplier, "Q2", 3, WordsInput::default()).await.unwrap();
    assert_eq!(tender.hash_now(&supplier).await, bare);
}

#[tokio::test]
async fn the_typed_answer_is_opened_with_the_bid_and_its_mark_beside_it() {
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    draft::add_document(&tender.world.db, &supplier, "Q1", "plan.pdf", b"%PDF-1.7".to_vec()).await.unwrap();
    let input = WordsInput {
        text: Some("Typed.\n\nIn two paragraphs.".to_owned()),
        confidential_because: Some("It is a trade secret.".to_owned()),
        document_confidential_because: Some("It shows prices.".to_owned()),
    };
    tender.type_at(&supplier, "Q1", 0, input).await.unwrap();
    let seen = tender.world.read(&supplier, |r| async move { answers::one(&r, "Q1").await }).await.unwrap();
    let in_workbook = seen.in_workbook.clone().unwrap();
    assert_eq!(
        seen.counts(),
        format!(
            "The text typed here counts. The one in the workbook, {}!{}, does not. The document plan.pdf counts beside it.",
            in_workbook.sheet, in_workbook.cell
        )
    );
    tender.submit(&supplier).await.unwrap();
    tender.open().await;
    let id = tender.id;
    let (view, answer, other) = tender
        .world
        .read(&tender.coordinator, move |r| async move {
            let row = bid::all(&r, id).await?.remove(0).bid;
            let (_, pack) = crate::tendering::pack::current(&r, id).await?;
            let (one, two) =
                (bid::answer(&r, &pack, &row, "Q1").await?, bid::answer(&r, &pack, &row, "Q2").await?);
            Ok((bid::one(&r, id, row.id).await?, one, two))
        })
        .await
        .unwrap();
    let origins: Vec<_> = view
        .answers
        .iter()
        .map(|row| (row.question.as_str(), row.origin.0, row.text.as_str(), bid::written_at(row)))
        .collect();
    assert_eq!(origins[0].1, AnswerOrigin::Typed);
    assert_eq!((origins[0].0, origins[0].2), ("Q1", "Typed.\n\nIn two paragraphs."));
    assert_eq!(origins[0].3, "Typed on the supplier’s page");
    assert_eq!((origins[1].0, origins[1].1), ("Q2", AnswerOrigin::Workbook));
    assert!(origins[1].3.contains('!'), "{origins:?}");
    let codes: Vec<_> = view.findings.iter().map(|finding| finding.code.as_str()).collect();
    assert_eq!(codes, ["typed_answer_counts", "text_and_document"], "what does not count is said");
    assert_eq!(view.findings[0].cell, Some(in_workbook.cell));
    assert_eq!(answer.text.unwrap().text, "Typed.\n\nIn two paragraphs.");
    assert_eq!(answer.confidential.answer.as_deref(), Some("It is a trade secret."));
    assert_eq!(answer.confidential.document.as_deref(), Some("It shows prices."));
    assert!(!other.confidential.is_marked() && view.confidential.len() == 1);
}

#[tokio::test]
async fn nothing_typed_lies_open_before_the_opening() {
    const CANARIES: [&str; 3] = ["amber-heron", "violet-otter", "copper-finch"];
    let tender = Tender::published().await;
    let supplier = tender.supplier("bids@larkfield.example").await;
    tender.upload(&supplier, &filled("12.34")).await.unwrap();
    let input = WordsInput {
        text: Some(CANARIES[0].to_owned()),
        confidential_because: Some(CANARIES[1].to_owned()),
        document_confidential_because: Some(CANARIES[2].to_owned()),
    };
    tender.type_at(&supplier, "Q1", 0, input).await.unwrap();
    tender.submit(&supplier).await.unwrap();
    let rows = tender
        .world
        .read(&Caller::System, |r| async move {
            let typed = draft_answer::Entity::find().all(r.txn()).await?;
            let ledger = ledger_entry::Entity::find().all(r.txn()).await?;
            let letters = outbox_message::Entity::find().all(r.txn()).await?;
            let repeats = idempotency_key::Entity::find().all(r.txn()).await?;
            Ok((typed, ledger, letters, repeats))
        })
        .await
        .unwrap();
    let entries: Vec<_> = rows.1.iter().filter(|entry| entry.action == "bidding.draft.type_answer").collect();
    assert!(entries.len() == 1 && entries[0].sealed, "it is on record, and sealed");
    assert_eq!(rows.0.len(), 1);
    for canary in CANARIES {
        assert!(!rows.0[0].sealed.windows(canary.len()).any(|window| window == canary.as_bytes()));
        assert!(!format!("{rows:?}").contains(canary), "{canary} lies open");
    }
}
