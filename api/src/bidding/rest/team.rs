//! A bidder's team: who acts for it, each with a secret of its own.

use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use uuid::Uuid;

use crate::bidding::invitation::team::{self, Member, MemberInput, Sent};
use crate::http::tags::Tag;
use crate::http::{Created, Json, Page, Reply, Signed};
use crate::kernel::clock::rfc3339;

/// Members of a team.
pub struct Operations;

/// Somebody of a bidder's team. Nobody but the team sees it before the opening.
#[derive(Object)]
struct TeamMember {
    id: Uuid,
    email: String,
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
    /// The address of the colleague who added it; absent where the invitation was made for it.
    #[oai(skip_serializing_if_is_none)]
    added_by: Option<String>,
    added_at: String,
    /// When its link was used first, which verifies the address. From then on it gets every mail about the bid.
    #[oai(skip_serializing_if_is_none)]
    verified_at: Option<String>,
    /// Whether it has a secret that works now.
    has_access: bool,
    /// Whether it is the caller.
    is_caller: bool,
    version: i64,
}

impl From<Member> for TeamMember {
    fn from(row: Member) -> Self {
        Self {
            id: row.id,
            email: row.email,
            name: row.name,
            added_by: row.added_by,
            added_at: rfc3339(row.added_at),
            verified_at: row.verified_at.map(rfc3339),
            has_access: row.has_access,
            is_caller: row.is_caller,
            version: row.version,
        }
    }
}

/// A member that was sent a link.
#[derive(Object)]
struct InvitedMember {
    member: TeamMember,
    /// The link to claim, told once and only where no mail server is set up.
    #[oai(skip_serializing_if_is_none)]
    link: Option<String>,
    /// The member's, for If-Match.
    version: i64,
}

impl From<Sent> for InvitedMember {
    fn from(sent: Sent) -> Self {
        Self { version: sent.member.version, member: sent.member.into(), link: sent.link }
    }
}

/// Who is added.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct MemberBody {
    /// The address that the link goes to.
    email: String,
    /// What colleagues call whoever reads there.
    #[oai(skip_serializing_if_is_none)]
    name: Option<String>,
}

#[OpenApi(tag = "Tag::Bidding")]
impl Operations {
    /// List the team, oldest first. Suppliers only.
    #[oai(path = "/supplier/members", method = "get", operation_id = "supplier_member_list")]
    async fn supplier_member_list(
        &self,
        Signed(call): Signed,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<TeamMember>> {
        call.list("/api/v1/supplier/members".to_owned(), after.0, limit.0, |r, paging| async move {
            Ok(team::list(&r, &paging).await?.map(TeamMember::from))
        })
        .await
    }

    /// Somebody of the team. Suppliers only.
    #[oai(path = "/supplier/members/:member_id", method = "get", operation_id = "supplier_member_view")]
    async fn supplier_member_view(&self, Signed(call): Signed, member_id: Path<Uuid>) -> Reply<TeamMember> {
        call.read(move |r| async move { Ok(team::one(&r, member_id.0).await?.into()) }).await
    }

    /// Add a colleague's address. A link goes to it; whoever uses it gets a secret of its own and may do what the bidder
    /// may. All verified addresses of the team are told. Suppliers only.
    #[oai(path = "/supplier/members", method = "post", operation_id = "supplier_member_add")]
    async fn supplier_member_add(
        &self,
        Signed(call): Signed,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<MemberBody>,
    ) -> Created<InvitedMember> {
        let MemberBody { email, name } = body.0;
        let input = MemberInput { email, name };
        call.create(key.0, |w| async move { Ok(team::add(&w, input).await?.into()) }).await
    }

    /// Remove somebody from the team: its link and its secret stop working at once, and all are told. Suppliers only.
    #[oai(path = "/supplier/members/:member_id", method = "delete", operation_id = "supplier_member_remove")]
    async fn supplier_member_remove(
        &self,
        Signed(call): Signed,
        member_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<TeamMember> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(team::remove(&w, member_id.0, seen).await?.into())
        })
        .await
    }

    /// Send somebody of the team a fresh link; an earlier link and secret stop working at once. Suppliers only.
    #[oai(
        path = "/supplier/members/:member_id/reissue",
        method = "post",
        operation_id = "supplier_member_reissue"
    )]
    async fn supplier_member_reissue(
        &self,
        Signed(call): Signed,
        member_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<InvitedMember> {
        call.change_once(key.0, if_match.0, move |w, seen| async move {
            Ok(team::reissue(&w, member_id.0, seen).await?.into())
        })
        .await
    }
}
