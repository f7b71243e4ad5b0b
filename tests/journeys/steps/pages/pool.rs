//! Pooling: a procurement is opened, councils join, enter what they need and agree one list.

use tests::{Form, PostBox};

use super::people::{Team, notices};
use super::{Place, Seat, on_day, row};
use crate::steps::pool::{LINES, demand_sheet};

/// All of pooling.
pub async fn pooled(post: &PostBox, team: &Team, reference: &str) -> Place {
    let place = opens(&team.ada, reference).await;
    joins(post, team, &place).await;
    roles_are_given(team, &place).await;
    requirements_come_in(team, &place).await;
    demand_comes_in(team, &place).await;
    merges(&team.ada, &place).await;
    agrees(team, &place).await;
    specification_is_agreed(team, &place).await;
    place
}

/// The lead starts a procurement, at first with an empty form.
async fn opens(ada: &Seat, reference: &str) -> Place {
    let page = ada.get("/").await.is(200, "My tasks").says("Nothing waits for you");
    let page = ada.follow(&page, "Procurements").await.is(200, "Procurements");
    let page = ada.follow(&page, "Start a procurement").await.is(200, "Start a procurement");
    let wrong = page.form("Open the procurement").set("reference", reference).set("term_years", "three");
    let page = ada.send(wrong).await.is(422, "Start a procurement");
    assert_eq!(page.errors().len(), 4, "title, description, model and term at once\n{}", page.whole());
    let form = page.form("Open the procurement");
    let kept = ["reference", "route", "term_years"].map(|name| form.value(name));
    assert_eq!(kept, [reference, "open", "three"], "what was entered is kept");
    let form = form
        .set("title", "End-user services")
        .set("description", "Devices and service desk.")
        .set("contracting_model", "Each council signs its own contract")
        .set("term_years", "3");
    let page = ada.send(form).await.is(200, "Partners and roles").says("The procurement is open");
    Place::of(&page)
}

/// Partners are told by mail, and accept with delegation, commitment and ceiling.
async fn joins(post: &PostBox, team: &Team, place: &Place) {
    let ada = &team.ada;
    for (council, seat, role) in [("Brackenham", &team.bea, "core"), ("Carrow", &team.cem, "core")] {
        let page = ada.get(&place.at("/partners")).await;
        let form = page.form("Invite").set("council_id", council).set("part", role);
        let page = ada.send(form).await.is(200, "Partners and roles").says("The council is invited");
        assert_eq!(row(&page, "Councils in this procurement", council)[2], "Invited");
        let link = post.wait_for(&notices(council), "Invitation to take part").await.link("/procurements/");
        let page = seat.get(&link).await.is(200, "Partners and roles").says("Your council is invited");
        seat.get(&place.at("/requirements/mine")).await.is(409, "This is not possible now");
        let page = seat.follow(&page, "Answer the invitation").await.is(200, "Answer the invitation");
        let page = seat.send(page.form("Accept for our council")).await.is(422, "Answer the invitation");
        let form = page.form("Accept for our council").set("instrument", "lga1972_s101");
        let form = on_day(form.set("minute", "Cabinet 12 of 2026"), "delegated_on", "2026-01-15");
        let page = seat.send(promise(form, "300000.00")).await.is(200, "Partners and roles");
        let said = row(&page, "Councils in this procurement", council);
        assert_eq!((said[2].as_str(), said[7].as_str()), ("Accepted", "£300,000.00"), "{said:?}");
        assert!(said[3].contains("Local Government Act 1972 s.101, Cabinet 12 of 2026"), "{said:?}");
    }
    let page = ada.get(&place.at("/partners")).await;
    let page = ada.follow(&page, "Our council’s part").await.is(200, "Our council’s part");
    let page = ada.send(promise(page.form("Save our council’s part"), "400000.00")).await;
    page.is(200, "Partners and roles").says("Your council’s part is saved.");
}

fn promise(form: Form, ceiling: &str) -> Form {
    form.set("commitment", "firm").set("ceiling_net", ceiling).set("shared_cost_weight", "1")
}

/// The coordinator gives people their roles, and takes back what was given by mistake; nobody else does.
async fn roles_are_given(team: &Team, place: &Place) {
    for (seat, role) in [
        (&team.ada, "Moderator"),
        (&team.ada, "Opener"),
        (&team.ada, "Approver"),
        (&team.abe, "Panel member"),
        (&team.bea, "Panel member"),
        (&team.bea, "Opener"),
        (&team.bea, "Approver"),
        (&team.cem, "Panel member"),
        (&team.cem, "Approver"),
    ] {
        let page = team.ada.get(&place.at("/partners")).await;
        let form = page.form("Give the role").set("person_id", &seat.who).set("role", role);
        if role == "Moderator" {
            team.bea.may_not(form.clone(), 403).await;
        }
        team.ada.send(form).await.is(200, "Partners and roles").says(&format!("the role “{role}”"));
    }
    let page = team.ada.get(&place.at("/partners")).await;
    let form = page.form("Give the role").set("person_id", &team.cem.who).set("role", "Observer");
    let page = team.ada.send(form).await.says("the role “Observer”");
    let form = page.form("Take back the role Observer of Cem Partner");
    team.bea.may_not(form.clone(), 403).await;
    team.ada.send(form).await.is(200, "Partners and roles").says("The role is taken back.");
    let page = team.abe.get(&place.at("/partners")).await;
    assert_eq!(
        page.table("People and their roles").len(),
        11,
        "a head, the coordinator and nine\n{}",
        page.whole()
    );
}

/// Two councils enter their requirements by form, the third with its own spreadsheet, in which one row is wrong.
async fn requirements_come_in(team: &Team, place: &Place) {
    for (seat, own) in [(&team.ada, "Late hours"), (&team.bea, "Two sites")] {
        let page = seat.get(&place.at("/requirements")).await.is(200, "Councils’ needs");
        let page = seat.follow(&page, "My council’s requirements").await.is(200, "My council’s requirements");
        let wrong =
            page.form("Add requirement").set("text", "").set("code", "R1").set("rationale", "Why not");
        let page = seat.send(wrong).await.is(422, "My council’s requirements");
        assert_eq!(page.form("Add requirement").value("rationale"), "Why not");
        let own = format!("{own} of the service desk");
        for (code, text, kind, moscow) in [
            ("R1", "Single sign-on with our directory", "security", "must"),
            ("R2", own.as_str(), "support", "should"),
        ] {
            let form = page.form("Add requirement").set("code", code).set("text", text).set("type", kind);
            let form = form.set("moscow", moscow).set("rationale", "The present contract ends.");
            seat.send(form).await.is(200, "My council’s requirements").says(&format!("{code} added."));
        }
    }
    let cem = &team.cem;
    let sheet = |moscow: &str| {
        format!(
            "ID,Requirement,Type,Priority,Why\nR1,Single sign-on with our directory,Security,Must,The contract ends\n\
             R2,Welsh language of the service desk,Support,{moscow},Our residents\n"
        )
    };
    let page = cem.get(&place.at("/requirements/mine")).await;
    let form = page.form("Import").attach("file", "our needs.csv", sheet("perhaps"));
    let page = cem.send(form).await.is(200, "Import of our needs.csv").says("Rows taken: 1");
    let finding = page.table("What was found in the file").remove(1);
    assert!(finding[0].ends_with(", D3"), "the finding names its cell: {finding:?}");
    assert_eq!((finding[1].as_str(), finding[2].as_str()), ("Not taken", "perhaps"));
    let page = cem.follow(&page, "Go on").await.is(200, "My council’s requirements");
    let form = page.form("Import").attach("file", "our needs.csv", sheet("should have"));
    cem.send(form).await.says("Rows added: 1, changed: 0, as they were: 1.").says("Nothing was found wrong");
    let page = cem.get(&place.at("/requirements/mine")).await;
    let wrong = page.form("Import").attach("file", "needs.xlsx", b"PK\x03\x04 cut off".to_vec());
    cem.send(wrong).await.is(422, "My council’s requirements");
}

/// The lead sets up what is priced; two councils fill in the grid, the third sends its sheet.
async fn demand_comes_in(team: &Team, place: &Place) {
    let page = team.ada.get(&place.at("/demand")).await.is(200, "Demand").says("No schedule lines yet");
    let page = team.ada.send(page.form("Add line").set("unit", "each")).await.is(422, "Demand");
    assert_eq!(page.form("Add line").value("unit"), "each");
    for (code, description, unit, charge, shared) in LINES {
        let form = page.form("Add line").set("code", code).set("description", description).set("unit", unit);
        let form = form.set("charge", charge);
        let form = if *shared { form.tick("shared", "yes") } else { form };
        team.bea.may_not(form.clone(), 403).await;
        team.ada.send(form).await.is(200, "Demand").says(&format!("Line {code} added."));
    }
    for (seat, laptops, users) in [(&team.ada, "10", "100.5"), (&team.bea, "20", "201")] {
        let page = seat.get(&place.at("/demand")).await;
        let form = page.form("Save volumes").set("v-P01-1", "some").set("v-P02-1", users);
        let page = seat.send(form).await.is(422, "Demand");
        let form = page.form("Save volumes");
        assert_eq!((form.value("v-P01-1"), form.value("v-P02-1")), ("some".to_owned(), users.to_owned()));
        let form = form.set("v-P01-1", laptops).set("v-P02-2", users).set("v-P02-3", users);
        seat.send(form).await.is(200, "Demand").says("Saved. Volumes changed: 4.");
    }
    let page = team.cem.get(&place.at("/demand")).await;
    let form = page.form("Import").attach("file", "volumes.xlsx", demand_sheet(3));
    team.cem.send(form).await.is(200, "Import of volumes.xlsx").says("Rows added: 4,");
    let page = team.abe.get(&place.at("/demand")).await.is(200, "Demand");
    let laptops = row(&page, "Schedule and all councils’", "P01");
    let sums = ["10", "20", "30", "60", "60", "–"];
    assert_eq!(laptops[4..], sums, "volumes by council, what is priced, all councils, ceilings");
    assert_eq!(row(&page, "Schedule and all councils’", "P02")[7], "1,809");
}

/// What is alike is merged into one wording that keeps its sources; the rest is taken over.
async fn merges(ada: &Seat, place: &Place) {
    let page = ada.get(&place.at("/requirements")).await;
    let page = ada.follow(&page, "Merge requirements").await.is(200, "Merge requirements");
    let page = ada.send(page.form("Merge").tick("requirement_ids", "R1 of Carrow")).await;
    let page = page.is(422, "Merge requirements");
    let ticked = page.attributes("input[name=requirement_ids][checked]", "id");
    assert_eq!(ticked.len(), 1, "the tick is kept\n{}", page.whole());
    let page = ada.follow(&page, "Use wording of R1, Ashvale").await.is(200, "Merge requirements");
    let form = page.form("Merge");
    assert_eq!(form.value("text"), "Single sign-on with our directory");
    let form = form.set("text", "Single sign-on with each council's directory");
    let form = form.tick("requirement_ids", "R1 of Brackenham").tick("requirement_ids", "R1 of Carrow");
    let form = form.tick("accepted", "F").tick("accepted", "C");
    let mut page = ada.send(form).await.is(200, "Merge requirements").says("Its sources: 3.");
    for council in ["Ashvale", "Brackenham", "Carrow"] {
        page = ada.follow(&page, &format!("Use wording of R2, {council}")).await;
        page = ada.send(page.form("Merge")).await.is(200, "Merge requirements");
    }
    let page = page.says("Every requirement is pooled");
    let page = ada
        .follow(&page, "Councils’ needs")
        .await
        .is(200, "Councils’ needs")
        .says("6 of 6 requirements pooled");
    let merged = page.table("Pooled requirements").remove(1);
    assert!(merged[1].ends_with("Disqualifies"), "{merged:?}");
    assert_eq!(merged[4..], ["R1", "R1", "R1"], "each council finds its own again");
}

/// Each council agrees the list as it stands, and no older one.
async fn agrees(team: &Team, place: &Place) {
    let old = team.bea.get(&place.at("/requirements")).await;
    let pooled = old.texts("table#pooled a").remove(1);
    let page = team.ada.get(&place.at("/requirements")).await;
    let page = team.ada.follow(&page, &pooled).await.is(200, &format!("Pooled requirement {pooled}"));
    let form = page.form("Save").set("text", "The service desk answers from seven to ten");
    team.ada.send(form).await.says("Councils that had agreed the list are asked again");
    let page = team.bea.send(old.form("/agree")).await.is(409, "This is not possible now");
    assert!(page.text().contains("list"), "{}", page.whole());
    for seat in team.approvers() {
        let page = seat.get(&place.at("/requirements")).await;
        seat.send(page.form("/agree")).await.is(200, "Councils’ needs").says("Your council agrees version");
    }
    let page = team.abe.get(&place.at("/requirements")).await;
    for council in ["Ashvale", "Brackenham", "Carrow"] {
        assert_eq!(row(&page, "Councils and the pooled list", council)[4], "Agrees");
    }
}

/// The coordinator's task leads to the end of pooling.
async fn specification_is_agreed(team: &Team, place: &Place) {
    let page = team.ada.get("/").await.is(200, "My tasks");
    let page = team.ada.follow(&page, "Agree the specification").await.is(200, "Particulars");
    let form = page.form("Agree the specification");
    team.cem.may_not(form.clone(), 403).await;
    let page = team.ada.send(form).await.is(200, "Tender").says("The specification is agreed");
    assert_eq!(page.path(), place.at("/tender"));
}
