//! What is told of a case and of the city: the closed list of events.

use serde::{Deserialize, Serialize};

closed_list! {
    /// What happened (`specs/domain.md` 4.1, R51). The name is for the database.
    EventKind {
        /// A packet was received.
        Received = "received",
        /// Its defect opened an irregular case.
        Irregular = "irregular",
        /// A packet or a request for an item that is not in force.
        ItemRefused = "item refused",
        /// An officer put an irregular case right.
        Repaired = "repaired",
        /// It was looked at before acceptance.
        PreAccepted = "pre-accepted",
        /// Accepted by a window or the system.
        Accepted = "accepted",
        /// Accepted because nothing was said in time (行政许可法 Art. 32).
        AcceptedByLaw = "accepted by law",
        /// Not accepted, with a reason.
        NotAccepted = "not accepted",
        /// Everything missing was named.
        NoticeGiven = "supplement asked",
        /// What was asked for came.
        Supplemented = "supplemented",
        /// A task was opened for a body.
        TaskOpened = "task opened",
        /// An officer took a task.
        TaskClaimed = "task claimed",
        /// A task went back: wrongly routed.
        TaskReturned = "task returned",
        /// A task was given to another body by hand.
        TaskRerouted = "task rerouted",
        /// An officer let go of a task.
        TaskReleased = "task released",
        /// No body takes a task: a supervisor routes it by hand.
        DeadLetter = "dead letter",
        /// A task was done.
        TaskDone = "task done",
        /// A department's service was asked.
        ServiceAsked = "service asked",
        /// A department's service did not answer.
        ServiceAway = "service away",
        /// A special procedure was asked for.
        SpecialAsked = "special asked",
        /// A special procedure began: the clock stands.
        SpecialBegan = "special began",
        /// A special procedure was not granted.
        SpecialRefused = "special refused",
        /// A special procedure ended: the clock runs.
        SpecialEnded = "special ended",
        /// An extension was asked for.
        ExtensionAsked = "extension asked",
        /// An extension was not granted.
        ExtensionRefused = "extension refused",
        /// The limit was extended.
        Extended = "extended",
        /// What was to follow did not come.
        Lapsed = "lapsed",
        /// Granted.
        Granted = "granted",
        /// Not granted.
        NotGranted = "not granted",
        /// A result document was made.
        ResultIssued = "result issued",
        /// Closed with a result code.
        Closed = "closed",
        /// A result is to be handed over: a clock runs.
        DeliveryBegan = "delivery began",
        /// It is somewhere else on its way, or went back.
        DeliveryMoved = "delivery moved",
        /// An officer read the open deliveries of a station or body.
        DeliveriesRead = "deliveries read",
        /// The result was handed over.
        Delivered = "delivered",
        /// Rated, and counted.
        Rated = "rated",
        /// Rated again: received and not counted.
        RatedAgain = "rated again",
        /// Archived.
        Archived = "archived",
        /// Taken back by the applicant.
        Withdrawn = "withdrawn",
        /// Ended by an officer.
        Terminated = "terminated",
        /// A clock ran out and nobody acted; a supervisor is told.
        Overdue = "overdue",
        /// Somebody tried what they may not do.
        ActionRefused = "action refused",
        /// An officer read the open tasks of a body.
        TasksRead = "tasks read",
        /// A person's matters were read.
        CasesRead = "cases read",
        /// A result document was read.
        ResultRead = "result read",
        /// Registers of departments were asked about a person.
        RegistersRead = "registers read",
        /// Data of a body was to be called without a contract, or without the consent it asks for.
        DataCallRefused = "data call refused",
        /// Somebody wrote, reviewed, enforced, cancelled or confirmed a version of an item or contract.
        VersionMoved = "version moved",
        /// A person read who used their data.
        DataUsesRead = "data uses read",
        /// An auditor read the log of data calls.
        DataCallsRead = "data calls read",
        /// A code by which staff vouch for a person was made.
        StaffCodeMade = "staff code made",
        /// Staff vouched for a person.
        StaffChecked = "staff check",
        /// An account of staff was made.
        AccountMade = "account made",
        /// An account was closed.
        AccountClosed = "account closed",
        /// An account has other roles.
        RolesGiven = "roles given",
        /// A training record was kept.
        TrainingKept = "training kept",
        /// An account has another password.
        PasswordSet = "password set",
        /// The lock of wrong tries was taken away.
        AccountUnlocked = "account unlocked",
        /// The enrolment of a kiosk was revoked.
        KioskRevoked = "kiosk revoked",
        /// A session began.
        LoggedIn = "logged in",
        /// A wrong password, or no valid training record.
        LogInRefused = "log-in refused",
        /// A session was ended by its owner.
        LoggedOut = "logged out",
        /// An auditor read events.
        EventsRead = "events read",
        /// A case or task is late: a card was raised.
        CardRaised = "card raised",
        /// A body answered a card.
        CardAnswered = "card answered",
        /// A body did not answer a card in time.
        CardUnanswered = "card unanswered",
        /// A slot was booked.
        AppointmentBooked = "appointment booked",
        /// A booking was moved to another slot.
        AppointmentMoved = "appointment moved",
        /// A booking was cancelled.
        AppointmentCancelled = "appointment cancelled",
        /// The bookings of a day or a person were read.
        AppointmentsRead = "appointments read",
        /// Somebody with a booking checked in.
        CheckedIn = "checked in",
        /// Somebody with a booking did not come.
        NoShow = "no-show",
        /// Somebody at a kiosk called for a person's help.
        HelpCalled = "help called",
        /// Somebody of the station heard the call and comes.
        HelpComing = "help coming",
        /// The call was closed.
        HelpClosed = "help closed",
        /// A ticket was given.
        TicketGiven = "ticket given",
        /// A kiosk reserved numbers.
        TicketsReserved = "tickets reserved",
        /// A reported ticket has another number than before.
        TicketRenumbered = "ticket renumbered",
        /// A ticket was called to a counter.
        TicketCalled = "ticket called",
        /// Its matter is done.
        TicketDone = "ticket done",
        /// It was put aside.
        TicketParked = "ticket parked",
        /// It went to another counter.
        TicketForwarded = "ticket forwarded",
        /// It was called, and nobody came.
        TicketMissed = "ticket missed",
        /// The same once more: it is cancelled.
        TicketCancelled = "ticket cancelled",
        /// It was taken back into the queue.
        TicketReadmitted = "ticket readmitted",
        /// The tickets that were left at the end of a day.
        HallClosed = "hall closed",
        /// The applicant asked something inside a case, or objected to data.
        Asked = "asked",
        /// A question was handed to a named receiver.
        HandedOver = "handed over",
        /// A question was answered.
        Answered = "answered",
        /// A bad rating opened a work order.
        OrderOpened = "order opened",
        /// A unit called back, put right or explained what was rated badly.
        OrderAnswered = "order answered",
        /// An agent acted for a principal.
        ActedFor = "acted for",
        /// A principal let an agent act.
        AuthorityGiven = "authority given",
        /// A principal took an authority back.
        AuthorityRevoked = "authority revoked",
        /// The authorities of a person were read.
        AuthoritiesRead = "authorities read",
        /// What a window officer may take in was set.
        ScopeSet = "scope set",
        /// A draft was kept.
        DraftKept = "draft kept",
        /// A draft was taken up again.
        DraftTakenUp = "draft taken up",
        /// A draft was deleted by its person.
        DraftDeleted = "draft deleted",
        /// Drafts lapsed.
        DraftsLapsed = "drafts lapsed",
        /// A commitment that stands in for a material is to be looked at.
        CheckOpened = "check opened",
        /// An officer said whether a commitment holds.
        CheckDone = "check done",
        /// A commitment that was found false was repaired: its person commits again.
        CommitmentRepaired = "commitment repaired",
        /// An officer read the open checks of a body.
        ChecksRead = "checks read",
        /// A kiosk kept another past than the city tells.
        ChainDiffers = "event chain differs",
    }
}
