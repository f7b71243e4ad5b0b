//! The mails within a bidder's team. They lie sealed until the opening: who is in a team, and that there is one, shows who bids.

use askama::Template;
use entity::{invitation, invitation_member, supplier};

use super::{By, address};
use crate::bidding::letters::{About, claim_link, in_answer_to_asking, public_page};
use crate::bidding::tender::Tender;
use crate::kernel::clock::london_exact;
use crate::kernel::outbox::{Letter, Recipient};
use crate::kernel::secrets::{new_secret, sha256_hex};
use crate::kernel::{Refusal, Writing};

/// Whose team it is, and which tender it is about.
pub(super) struct Team<'a> {
    pub(super) tender: &'a Tender,
    pub(super) invitation: &'a invitation::Model,
    pub(super) supplier: &'a supplier::Model,
}

impl Team<'_> {
    fn about(&self) -> About<'_> {
        About::new(&self.supplier.name, self.tender)
    }

    fn recipient(&self, member: &invitation_member::Model) -> Recipient {
        address::recipient(self.invitation, &member.email)
    }

    fn sealed(&self, letter: Letter) -> Letter {
        Letter { procurement_id: Some(self.tender.procurement.id), sealed: true, ..letter }
    }
}

/// What the letter with a link to a colleague says.
struct ToColleague<'a> {
    about: About<'a>,
    /// Who sent it, in words.
    by: &'a str,
    /// Whether an earlier link or secret of this address stops working.
    again: bool,
    link: String,
    page: String,
}

#[derive(Template)]
#[template(path = "mail/team_link.txt")]
struct LinkText<'a> {
    letter: &'a ToColleague<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_link.html")]
struct LinkHtml<'a> {
    letter: &'a ToColleague<'a>,
}

/// The link of a colleague, to its address. `again` where an earlier one stops working.
pub(super) async fn link(
    w: &Writing,
    team: &Team<'_>,
    (member, by): (&invitation_member::Model, &str),
    token: &str,
    again: bool,
) -> Result<(), Refusal> {
    let about = team.about();
    let page = public_page(w, about.reference);
    let letter = &ToColleague { about, by, again, link: claim_link(w, token), page };
    let sent = Letter::new(
        "team_link",
        // Each link is an event of its own; its hash names it without telling it.
        format!("team_link:{}", &sha256_hex(token)[..16]),
        team.recipient(member),
        // A subject lies in the clear, so that it names nobody.
        format!("Your link to bid with your colleagues: {}", letter.about.reference),
        (&LinkText { letter }, &LinkHtml { letter }),
    )?;
    Letter { secret: true, ..team.sealed(sent) }.queue(w).await?;
    Ok(())
}

/// What happened to a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    Added,
    Removed,
}

/// What the notice of a change says.
struct Changed<'a> {
    about: About<'a>,
    added: bool,
    /// The address that was added or removed.
    email: &'a str,
    by: &'a str,
    at: String,
    page: String,
}

#[derive(Template)]
#[template(path = "mail/team_changed.txt")]
struct ChangedText<'a> {
    letter: &'a Changed<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_changed.html")]
struct ChangedHtml<'a> {
    letter: &'a Changed<'a>,
}

/// Tells every verified address of the team, that of whoever did it too: where a secret is in wrong hands, its owner learns of
/// it here.
pub(super) async fn changed(
    w: &Writing,
    team: &Team<'_>,
    change: Change,
    (member, by): (&invitation_member::Model, &str),
) -> Result<(), Refusal> {
    let letter = &Changed {
        about: team.about(),
        added: change == Change::Added,
        email: &member.email,
        by,
        at: london_exact(w.now()),
        page: format!("{}/supplier/team", w.installation().base_url),
    };
    let what = if letter.added { "Somebody joins" } else { "Somebody leaves" };
    let sent = Letter::new(
        "team_changed",
        format!("team_changed:{}:{}", member.id, member.version),
        Recipient::default(),
        format!("{what} your team for {}", letter.about.reference),
        (&ChangedText { letter }, &ChangedHtml { letter }),
    )?;
    team.sealed(sent).queue_to_all(w, address::addresses_of(w, team.invitation).await?).await
}

/// What an address that was removed is told.
struct Removed<'a> {
    about: About<'a>,
    /// Who removed it; none where it has asked for a link since.
    by: Option<&'a str>,
    page: String,
}

#[derive(Template)]
#[template(path = "mail/team_removed.txt")]
struct RemovedText<'a> {
    letter: &'a Removed<'a>,
}

#[derive(Template)]
#[template(path = "mail/team_removed.html")]
struct RemovedHtml<'a> {
    letter: &'a Removed<'a>,
}

impl<'a> Removed<'a> {
    fn new(w: &Writing, team: &'a Team<'_>, by: Option<&'a str>) -> Self {
        let about = team.about();
        Self { page: public_page(w, about.reference), about, by }
    }
}

/// Tells an address that it was removed from the team, and by whom.
pub(super) async fn removed(
    w: &Writing,
    team: &Team<'_>,
    (member, by): (&invitation_member::Model, &str),
) -> Result<(), Refusal> {
    let letter = &Removed::new(w, team, Some(by));
    let sent = Letter::new(
        "team_removed",
        format!("team_removed:{}:{}", member.id, member.version),
        team.recipient(member),
        format!("You are no longer in your team for {}", letter.about.reference),
        (&RemovedText { letter }, &RemovedHtml { letter }),
    )?;
    team.sealed(sent).queue(w).await?;
    Ok(())
}

/// Tells the address that the invitation was made for, and that its team has removed, why it gets no link.
pub(super) async fn no_link(w: &Writing, team: &Team<'_>, by: By) -> Result<(), Refusal> {
    let recipient = address::recipient(team.invitation, &team.invitation.email);
    let letter = &Removed::new(w, team, None);
    let forms = (&RemovedText { letter }, &RemovedHtml { letter });
    in_answer_to_asking(w, team.tender, recipient, (&new_secret()?, by), forms).await
}
