//! The schedule and the demand for it through the API.

use entity::{demand as demand_row, schedule_line};
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::{Object, OpenApi};
use rules::money::Volume;
use uuid::Uuid;

use crate::http::{Created, Json, Page, Reply, Signed};
use crate::pooling::demand::{self, DemandInput, LineDemand};
use crate::pooling::schedule::{self, RateInput, ScheduleLineInput};

/// The operations on them.
pub struct Operations;

/// A rate of a rate card: the price of one day, which councils call off later.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct Rate {
    /// The role, such as `Data engineer`.
    role: String,
    /// The SFIA level of responsibility, 1 to 7.
    level: i32,
    /// Days that count in the evaluated price: over the term if the line is one-off, in each contract year if it recurs.
    /// `0` for a rate that is only priced.
    basket: String,
}

/// What suppliers will price.
#[derive(Object)]
struct ScheduleLine {
    id: Uuid,
    /// Its number.
    code: String,
    description: String,
    unit: String,
    /// `one_off` or `recurring` (per year).
    charge: String,
    /// A cost of the whole lot: no council enters volumes, and all share it.
    shared: bool,
    /// `required` (must be priced, and counts), `mandatory_option` (must be priced and counts, and may be bought later) or
    /// `optional` (may be left out, and never counts).
    obligation: String,
    /// Where each volume band begins, in units; empty for one price.
    tiers: Vec<String>,
    /// What makes it a rate of a rate card.
    #[oai(skip_serializing_if_is_none)]
    rate_card: Option<Rate>,
    /// The lot it belongs to, once there are lots.
    #[oai(skip_serializing_if_is_none)]
    lot_id: Option<Uuid>,
    version: i64,
}

impl From<schedule_line::Model> for ScheduleLine {
    fn from(row: schedule_line::Model) -> Self {
        let tiers = schedule::tiers(&row).iter().map(Volume::to_string).collect();
        let rate_card = row.rate_role.map(|role| Rate {
            role,
            level: row.rate_level.unwrap_or_default(),
            basket: Volume(row.rate_basket_e3.unwrap_or_default()).to_string(),
        });
        Self {
            id: row.id,
            code: row.code,
            description: row.description,
            unit: row.unit,
            charge: row.charge.0.to_string(),
            shared: row.shared,
            obligation: row.obligation.0.to_string(),
            tiers,
            rate_card,
            lot_id: row.lot_id,
            version: row.version,
        }
    }
}

/// What is entered about a schedule line.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct ScheduleLineBody {
    /// Its number; the next free one, or the one it has, where it is left out.
    code: Option<String>,
    description: String,
    /// `day` for a rate, where it may be left out.
    #[oai(default)]
    unit: String,
    charge: String,
    #[oai(default)]
    shared: bool,
    /// `required` where it is left out.
    #[oai(default)]
    obligation: String,
    /// Where each volume band begins, in units: the first at 0, each above the one before it, at most 20. One price where it
    /// is left out.
    #[oai(default, validator(max_items = 20))]
    tiers: Vec<String>,
    /// What makes it a rate of a rate card.
    rate_card: Option<Rate>,
}

impl From<ScheduleLineBody> for ScheduleLineInput {
    fn from(body: ScheduleLineBody) -> Self {
        Self {
            code: body.code,
            description: body.description,
            unit: body.unit,
            charge: body.charge,
            shared: body.shared,
            obligation: body.obligation,
            tiers: body.tiers,
            rate_card: body.rate_card.map(|rate| RateInput {
                role: rate.role,
                level: rate.level.to_string(),
                basket: rate.basket,
            }),
        }
    }
}

/// A council's volume of a line in a contract year.
#[derive(Object)]
struct DemandVolume {
    id: Uuid,
    council_id: Uuid,
    line_id: Uuid,
    /// The contract year, from 1.
    year: i32,
    /// `firm`, `indicative` or `ceiling`.
    firmness: String,
    /// Units, a decimal number.
    volume: String,
    /// The council's own key for it.
    #[oai(skip_serializing_if_is_none)]
    external_ref: Option<String>,
    version: i64,
}

impl From<demand_row::Model> for DemandVolume {
    fn from(row: demand_row::Model) -> Self {
        Self {
            id: row.id,
            council_id: row.council_id,
            line_id: row.line_id,
            year: row.year,
            firmness: row.firmness.0.to_string(),
            volume: Volume(row.volume_e3).to_string(),
            external_ref: row.external_ref,
            version: row.version,
        }
    }
}

/// A line with the volumes of all councils.
#[derive(Object)]
struct DemandOfLine {
    line: ScheduleLine,
    /// By year, council and firmness.
    volumes: Vec<DemandVolume>,
}

impl From<LineDemand> for DemandOfLine {
    fn from(demand: LineDemand) -> Self {
        Self {
            line: demand.line.into(),
            volumes: demand.volumes.into_iter().map(DemandVolume::from).collect(),
        }
    }
}

/// A volume to enter.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct VolumeBody {
    /// The line's number.
    line: String,
    year: i32,
    firmness: String,
    volume: String,
    /// The council's own key for it: unique among the council's volumes; kept as it was where it is left out.
    external_ref: Option<String>,
}

/// Volumes to enter.
#[derive(Object)]
#[oai(deny_unknown_fields)]
struct DemandBody {
    /// 1 to 2000 volumes; all are entered, or none.
    volumes: Vec<VolumeBody>,
}

/// What was entered.
#[derive(Object)]
struct DemandEntered {
    volumes: Vec<DemandVolume>,
}

#[OpenApi(tag = "crate::http::tags::Tag::Pooling")]
impl Operations {
    /// The schedule in its order.
    #[oai(
        path = "/procurements/:procurement_id/schedule-lines",
        method = "get",
        operation_id = "schedule_line_list"
    )]
    async fn schedule_line_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<ScheduleLine>> {
        let path = format!("/api/v1/procurements/{}/schedule-lines", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(schedule::list(&r, procurement_id.0, &paging).await?.map(ScheduleLine::from))
        })
        .await
    }

    /// Add a line at the end of the schedule. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/schedule-lines",
        method = "post",
        operation_id = "schedule_line_add"
    )]
    async fn schedule_line_add(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<ScheduleLineBody>,
    ) -> Created<ScheduleLine> {
        let input = body.0.into();
        call.create(
            key.0,
            move |w| async move { Ok(schedule::add(&w, procurement_id.0, input).await?.into()) },
        )
        .await
    }

    /// One line of the schedule.
    #[oai(
        path = "/procurements/:procurement_id/schedule-lines/:line_id",
        method = "get",
        operation_id = "schedule_line_view"
    )]
    async fn schedule_line_view(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        line_id: Path<Uuid>,
    ) -> Reply<ScheduleLine> {
        call.read(move |r| async move { Ok(schedule::one(&r, procurement_id.0, line_id.0).await?.into()) })
            .await
    }

    /// Change a line; volumes that were entered stay with it. The coordinator only.
    #[oai(
        path = "/procurements/:procurement_id/schedule-lines/:line_id",
        method = "put",
        operation_id = "schedule_line_change"
    )]
    async fn schedule_line_change(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        line_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
        body: Json<ScheduleLineBody>,
    ) -> Reply<ScheduleLine> {
        let input = body.0.into();
        call.change(if_match.0, move |w, seen| async move {
            Ok(schedule::change(&w, procurement_id.0, line_id.0, seen, input).await?.into())
        })
        .await
    }

    /// Remove a line that no council has entered volumes for. The coordinator only. Answers with what it was.
    #[oai(
        path = "/procurements/:procurement_id/schedule-lines/:line_id",
        method = "delete",
        operation_id = "schedule_line_remove"
    )]
    async fn schedule_line_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        line_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<ScheduleLine> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(schedule::remove(&w, procurement_id.0, line_id.0, seen).await?.into())
        })
        .await
    }

    /// The schedule with the volumes of all councils, line by line.
    #[oai(path = "/procurements/:procurement_id/demand", method = "get", operation_id = "demand_list")]
    async fn demand_list(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        after: Query<Option<String>>,
        limit: Query<Option<u64>>,
    ) -> Reply<Page<DemandOfLine>> {
        let path = format!("/api/v1/procurements/{}/demand", procurement_id.0);
        call.list(path, after.0, limit.0, move |r, paging| async move {
            Ok(demand::list(&r, procurement_id.0, &paging).await?.map(DemandOfLine::from))
        })
        .await
    }

    /// Enter volumes of the caller's own council, all or none; those that are there already are changed.
    #[oai(path = "/procurements/:procurement_id/demand", method = "post", operation_id = "demand_enter")]
    async fn demand_enter(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        #[oai(name = "Idempotency-Key")] key: Header<Option<String>>,
        body: Json<DemandBody>,
    ) -> Reply<DemandEntered> {
        let inputs = body.0.volumes.into_iter().map(|volume| DemandInput {
            line: volume.line,
            year: volume.year.to_string(),
            firmness: volume.firmness,
            volume: Some(volume.volume),
            external_ref: volume.external_ref,
            seen: None,
        });
        let inputs = inputs.collect();
        call.act(key.0, move |w| async move {
            let entered = demand::enter(&w, procurement_id.0, inputs).await?;
            Ok(DemandEntered { volumes: entered.into_iter().map(DemandVolume::from).collect() })
        })
        .await
    }

    /// Remove a volume of the caller's own council. Answers with what it was.
    #[oai(
        path = "/procurements/:procurement_id/demand/:demand_id",
        method = "delete",
        operation_id = "demand_remove"
    )]
    async fn demand_remove(
        &self,
        Signed(call): Signed,
        procurement_id: Path<Uuid>,
        demand_id: Path<Uuid>,
        #[oai(name = "If-Match")] if_match: Header<Option<String>>,
    ) -> Reply<DemandVolume> {
        call.change(if_match.0, move |w, seen| async move {
            Ok(demand::remove(&w, procurement_id.0, demand_id.0, seen).await?.into())
        })
        .await
    }
}
