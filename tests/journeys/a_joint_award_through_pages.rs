//! The same joint award by hand: links and forms only, from an empty database to signed contracts, with mail by SMTP.

use tests::{PostBox, Store};

use crate::steps::bids::{OFFERS, Offer, SUPPLIERS};
use crate::steps::pages::people::Team;
use crate::steps::pages::{award, bids, panel, pool, tender};
use crate::steps::{figures, ledger_is_whole, start};

const REFERENCE: &str = "ICT-2027-07";
const LATE: &str = "Late Systems";

tests::on_sqlite!(a_joint_award_through_pages, PostBox);
async fn a_joint_award_through_pages(store: Store) {
    let post = PostBox::open();
    let mut program = start(store, Some(&post)).await;
    let mut team = Team::enter(&program, &post).await;
    let place = pool::pooled(&post, &team, REFERENCE).await;
    let (tender, pack) = tender::published(&team, &place, REFERENCE).await;

    let mut suppliers = Vec::new();
    for (number, name) in SUPPLIERS.into_iter().chain([LATE]).enumerate() {
        let supplier = if number == 0 {
            bids::asks_for_a_link(&program, &post, &tender, &pack, name).await
        } else {
            bids::is_invited(&program, &post, &team, &place, &tender, name).await
        };
        let offer =
            OFFERS.get(number).copied().unwrap_or(Offer { words: "We are in no hurry.", ..OFFERS[0] });
        bids::uploads(&supplier, &pack, offer).await;
        if name != LATE {
            bids::types_an_answer(&supplier).await;
            bids::submits_in_time(&post, &tender, &supplier).await;
        }
        if number == 0 {
            bids::changes_are_listed(&supplier).await;
        }
        suppliers.push(supplier);
    }
    bids::nothing_shows(&team, &place, &suppliers[0]).await;
    bids::opened(&mut program, &mut team, &place, &tender, &suppliers[3]).await;

    panel::declares(&team, &place).await;
    let ids = panel::bids(&team.ada, &place).await;
    panel::prices_do_not_show(&team, &place, &ids).await;
    panel::typed_answers_show(&team, &place, &tender, &ids).await;
    panel::marks(&team, &place).await;
    panel::moderates(&team, &place).await;
    panel::prices_do_not_show(&team, &place, &ids).await;
    let stored = panel::locks_and_computes(&team, &place, &tender).await;
    let results = figures::by_hand(&pack, &tender, &ids);
    for (result, stored) in results.iter().zip(stored) {
        assert_eq!(
            figures::bytes_of(result),
            stored,
            "the result is what anybody computes, to the last digit"
        );
        award::compares(&team.cem, &place, result, &ids).await;
    }

    for result in &results {
        award::decided(&team, &place, result).await;
    }
    award::everybody_is_told(&post, &team, &place, &tender, &suppliers).await;
    let mut sign_from = String::new();
    for result in &results {
        sign_from = award::no_signature_in_the_standstill(&team, &place, result).await;
    }
    award::signed(&mut program, &mut team, &place, &results, &sign_from).await;
    award::history_is_whole(&team.abe, &place).await;
    ledger_is_whole(&program);
}
