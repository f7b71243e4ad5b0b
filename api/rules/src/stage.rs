//! Lifecycles: pure, total functions. A transition consumes the state and returns the next one, or says what is not
//! allowed.

use std::fmt;

use crate::words::words;

words! {
    /// How far a procurement has come.
    Stage {
        /// Councils join and bring requirements and demand.
        Pooling = "pooling", "Pooling";
        /// The specification is agreed; lots, criteria and schedule are made.
        Tendering = "tendering", "Tendering";
        /// The pack is frozen; suppliers bid.
        Published = "published", "Published";
        /// The tender box is opened; panel members mark.
        Scoring = "scoring", "Scoring";
        /// Results stand; councils decide.
        Deciding = "deciding", "Deciding";
        /// The award is made; all are told; standstill.
        Awarded = "awarded", "Awarded";
        /// Signed.
        Contracted = "contracted", "Contracted";
    }
}

words! {
    /// How far one email has come (TRUST section 5).
    MailState {
        /// Rendered, committed, waiting for the worker.
        Queued = "queued", "Queued";
        /// Claimed by a worker.
        Sending = "sending", "Sending";
        /// To be tried again later.
        Deferred = "deferred", "Deferred";
        /// The recipient's mail server has taken it.
        Accepted = "accepted", "Accepted by the mail server";
        /// The mail server refused the recipient for good.
        Failed = "failed", "Refused";
        /// Nobody knows whether the server took it; the same bytes go again.
        Uncertain = "uncertain", "Uncertain";
        /// Kept until an officer releases it.
        Withheld = "withheld", "Withheld";
        /// Tried for too long.
        Expired = "expired", "Expired";
        /// Told in another way, with a reason.
        Served = "served", "Served otherwise";
    }
}

words! {
    /// How far a bidder's question has come. A question with a claim of confidentiality is not answered to all against the
    /// asker's will: the claim is accepted, or refused and then withdrawn by the asker, or the question itself is.
    ClarificationState {
        /// It waits for an answer to all bidders.
        Open = "open", "Waiting for an answer";
        /// It waits for the councils to accept or refuse the claim that it is confidential.
        Claimed = "claimed", "Confidentiality claimed";
        /// The claim was refused; the asker withdraws the question or lets it be answered to all.
        ClaimRefused = "claim_refused", "Claim refused";
        /// Question and answer are told to all bidders.
        Answered = "answered", "Answered to all bidders";
        /// The claim was accepted; the answer is told to the asker alone.
        AnsweredPrivately = "answered_privately", "Answered to the asker alone";
        /// The asker took it back; nobody gets an answer.
        Withdrawn = "withdrawn", "Withdrawn";
    }
}

/// A step that the present state does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAllowed<S> {
    /// The present state.
    pub from: S,
    /// The step that was tried.
    pub action: &'static str,
}

impl<S: fmt::Display> fmt::Display for NotAllowed<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot {} while {}", self.action, self.from)
    }
}

impl<S: fmt::Debug + fmt::Display> std::error::Error for NotAllowed<S> {}

impl Stage {
    fn step(self, from: Self, to: Self, action: &'static str) -> Result<Self, NotAllowed<Self>> {
        if self == from { Ok(to) } else { Err(NotAllowed { from: self, action }) }
    }

    /// Every council has agreed the pooled list.
    pub fn agree_specification(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Pooling, Self::Tendering, "agree the specification")
    }

    /// Back to pooling, before publication.
    pub fn reopen_pooling(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Tendering, Self::Pooling, "reopen pooling")
    }

    /// The pack is frozen and hashed.
    pub fn publish(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Tendering, Self::Published, "publish")
    }

    /// Two people open the tender box after the deadline (DOMAIN rule 15).
    pub fn open(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Published, Self::Scoring, "open the tender box")
    }

    /// Every lot has its result.
    pub fn finish_scoring(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Scoring, Self::Deciding, "finish scoring")
    }

    /// Every signatory has decided to award (DOMAIN rule 11).
    pub fn award(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Deciding, Self::Awarded, "award")
    }

    /// The contract is signed, after the standstill (s.51).
    pub fn sign(self) -> Result<Self, NotAllowed<Self>> {
        self.step(Self::Awarded, Self::Contracted, "sign")
    }
}

impl MailState {
    fn step(self, from: &[Self], to: Self, action: &'static str) -> Result<Self, NotAllowed<Self>> {
        if from.contains(&self) { Ok(to) } else { Err(NotAllowed { from: self, action }) }
    }

    /// A worker takes it: new, due again, or uncertain (then with the same bytes and Message-ID).
    pub fn claim(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Queued, Self::Deferred, Self::Uncertain], Self::Sending, "claim the mail")
    }

    /// The server took it.
    pub fn accept(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Sending], Self::Accepted, "record acceptance")
    }

    /// 4xx, no connection, TLS or a timeout before the dot; or a refusal about the sender, which pauses the host.
    pub fn defer(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Sending], Self::Deferred, "defer the mail")
    }

    /// 5xx about the recipient.
    pub fn fail(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Sending], Self::Failed, "record refusal")
    }

    /// Cut after the dot, or the worker's lease ran out while sending.
    pub fn lose(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Sending], Self::Uncertain, "record uncertainty")
    }

    /// Too old to be tried again.
    pub fn expire(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Queued, Self::Deferred, Self::Uncertain], Self::Expired, "expire the mail")
    }

    /// Kept back before any attempt: there are no mail settings, or an officer stops it.
    pub fn withhold(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Queued, Self::Deferred], Self::Withheld, "withhold the mail")
    }

    /// An officer lets it go.
    pub fn release(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Withheld], Self::Queued, "release the mail")
    }

    /// The recipient was told by post, phone or in person; from any state but this one.
    pub fn serve(self) -> Result<Self, NotAllowed<Self>> {
        if self == Self::Served {
            Err(NotAllowed { from: self, action: "serve the mail otherwise" })
        } else {
            Ok(Self::Served)
        }
    }

    /// Whether nothing more will happen without a person.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(self, Self::Accepted | Self::Failed | Self::Withheld | Self::Expired | Self::Served)
    }
}

impl ClarificationState {
    /// A bidder asks, with or without a claim that the question is confidential.
    #[must_use]
    pub const fn asked(confidential: bool) -> Self {
        if confidential { Self::Claimed } else { Self::Open }
    }

    fn step(self, from: &[Self], to: Self, action: &'static str) -> Result<Self, NotAllowed<Self>> {
        if from.contains(&self) { Ok(to) } else { Err(NotAllowed { from: self, action }) }
    }

    /// Question and answer go to all bidders; again where an answer corrects an earlier one.
    pub fn answer_to_all(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Open, Self::Answered], Self::Answered, "answer it to all bidders")
    }

    /// The claim is accepted and the answer goes to the asker; again where an answer corrects an earlier one.
    pub fn answer_privately(self) -> Result<Self, NotAllowed<Self>> {
        let from = [Self::Claimed, Self::AnsweredPrivately];
        self.step(&from, Self::AnsweredPrivately, "answer it to the asker alone")
    }

    /// The claim is refused.
    pub fn refuse_claim(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Claimed], Self::ClaimRefused, "refuse the claim")
    }

    /// The asker gives up the claim and lets the question be answered to all.
    pub fn give_up_claim(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Claimed, Self::ClaimRefused], Self::Open, "give up the claim")
    }

    /// The asker takes the question back.
    pub fn withdraw(self) -> Result<Self, NotAllowed<Self>> {
        self.step(&[Self::Open, Self::Claimed, Self::ClaimRefused], Self::Withdrawn, "withdraw it")
    }

    /// Whether the councils are the ones to act.
    #[must_use]
    pub const fn waits_for_councils(self) -> bool {
        matches!(self, Self::Open | Self::Claimed)
    }
}

#[cfg(test)]
mod tests {
    use super::ClarificationState::{
        self, Answered, AnsweredPrivately, ClaimRefused, Claimed, Open, Withdrawn,
    };
    use super::NotAllowed;

    type Step = fn(ClarificationState) -> Result<ClarificationState, NotAllowed<ClarificationState>>;

    #[test]
    fn a_question_takes_these_steps_and_no_others() {
        let steps: [(Step, &[(ClarificationState, ClarificationState)]); 5] = [
            (ClarificationState::answer_to_all, &[(Open, Answered), (Answered, Answered)]),
            (
                ClarificationState::answer_privately,
                &[(Claimed, AnsweredPrivately), (AnsweredPrivately, AnsweredPrivately)],
            ),
            (ClarificationState::refuse_claim, &[(Claimed, ClaimRefused)]),
            (ClarificationState::give_up_claim, &[(Claimed, Open), (ClaimRefused, Open)]),
            (
                ClarificationState::withdraw,
                &[(Open, Withdrawn), (Claimed, Withdrawn), (ClaimRefused, Withdrawn)],
            ),
        ];
        for (number, (step, allowed)) in steps.into_iter().enumerate() {
            for from in ClarificationState::ALL {
                let to = allowed.iter().find(|(start, _)| start == from).map(|(_, end)| *end);
                assert_eq!(step(*from).ok(), to, "step {number} from {from}");
            }
        }
    }

    #[test]
    fn a_claim_is_never_answered_to_all_without_its_asker() {
        assert_eq!(ClarificationState::asked(false), Open);
        assert_eq!(ClarificationState::asked(true), Claimed);
        for state in [Claimed, ClaimRefused, AnsweredPrivately, Withdrawn] {
            assert!(state.answer_to_all().is_err(), "{state}");
        }
        let waiting: Vec<_> =
            ClarificationState::ALL.iter().filter(|state| state.waits_for_councils()).collect();
        assert_eq!(waiting, [&Open, &Claimed]);
    }
}
