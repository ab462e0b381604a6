//! The audit log: every mutation leaves a line that says who did what, when, on what, and how it ended.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_graphql::{
    Context, ID, Object, ServerError, ServerResult, SimpleObject, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};
use model::{Actor, AuditLineId, Error, NodeId, Outcome, Page, PageRequest, access::Requester};
use ulid::Ulid;

use crate::{
    connection::connection,
    context::{Caller, Services, caller, store},
    directives::{aws_cognito_user_pools, groups},
    error::answer,
    scalars::AwsDateTime,
    user::{Role, User},
};

/// Mutations that change nothing of the library, and that clients call by themselves every hour.
const WITHOUT_LINE: [&str; 1] = ["refreshSession"];
/// Stands for [`Outcome::Done`] in answers.
const DONE: &str = "DONE";

/// What a mutation that is under way says of itself. Mutations of one document run one after the other.
#[derive(Default)]
pub(crate) struct Notes(Mutex<Noted>);

#[derive(Default)]
struct Noted {
    outcome: Option<Outcome>,
    subjects: Vec<String>,
    /// How many lines this request has left so far.
    lines: u16,
}

/// Another caller, even if alike, has notes of its own.
impl Clone for Notes {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Notes {
    /// Notes how it ended. Of a list the first refusal counts.
    pub(crate) fn ended(&self, outcome: Outcome) {
        let mut noted = self.lock();
        if !matches!(noted.outcome, Some(Outcome::Refused(_))) {
            noted.outcome = Some(outcome);
        }
    }

    /// Notes an id of ours that it was about.
    pub(crate) fn about(&self, id: &(impl ToString + ?Sized)) {
        let id = id.to_string();
        let mut noted = self.lock();
        if !noted.subjects.contains(&id) {
            noted.subjects.push(id);
        }
    }

    /// Notes an id that the caller sent. Any other text might be a secret in the wrong place, and is left out.
    pub(crate) fn about_given(&self, id: &ID) {
        if id.parse::<NodeId>().is_ok() {
            self.about(id.as_str());
        }
    }

    /// What was noted since the last call, and the number of the line that it becomes.
    fn take(&self) -> (Option<Outcome>, Vec<String>, u16) {
        let mut noted = self.lock();
        noted.lines += 1;
        (noted.outcome.take(), std::mem::take(&mut noted.subjects), noted.lines)
    }

    fn lock(&self) -> MutexGuard<'_, Noted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The notes of the mutation that is under way.
pub(crate) fn notes<'a>(ctx: &Context<'a>) -> &'a Notes {
    &caller(ctx).notes
}

/// Writes the line of every mutation, before its answer leaves.
pub(crate) struct Audit;

impl ExtensionFactory for Audit {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Audit {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let watched = info.parent_type == "Mutation" && !info.is_for_introspection && !info.name.starts_with("__");
        if !watched {
            return next.run(ctx, info).await;
        }
        let action = info.name.to_owned();
        let result = next.run(ctx, info).await;
        let (services, caller) = (ctx.data_unchecked::<Services>(), ctx.data_unchecked::<Caller>());
        if let Some(line) = line(services, caller, action, result.as_ref().err())
            && let Err(error) = services.store.put_audit_line(&line).await
        {
            tracing::error!(
                request.id = caller.request_id,
                action = line.action,
                reason = ?error,
                "a line of the audit log could not be written"
            );
        }
        result
    }
}

/// The line that a mutation leaves, if it is to leave one.
fn line(services: &Services, caller: &Caller, action: String, error: Option<&ServerError>) -> Option<model::AuditLine> {
    let (outcome, subjects, number) = caller.notes.take();
    // What was noted counts more than an error, which may come from what was asked about the result.
    let outcome = outcome.unwrap_or_else(|| error.map_or(Outcome::Done, |error| Outcome::Refused(code_of(error))));
    let (actor, role) = match caller.requester {
        Requester::Anonymous => (Actor::Nobody, None),
        Requester::Person { id, role } => (Actor::Person(id), Some(role)),
        Requester::Guest(guest) => (Actor::Link(guest.link), None),
        // A service tells what happened, and changes nothing.
        Requester::Service => return None,
    };
    // Who is not known leaves a line only by opening a session: anybody could fill the table with failures.
    let opened_a_session = outcome == Outcome::Done && !subjects.is_empty();
    if WITHOUT_LINE.contains(&action.as_str()) || (actor == Actor::Nobody && !opened_a_session) {
        return None;
    }
    Some(model::AuditLine { id: id(services, caller, number), at: caller.now, actor, role, action, outcome, subjects })
}

/// Lines of one request have one time; their ids keep them in order.
fn id(services: &Services, caller: &Caller, number: u16) -> AuditLineId {
    let unpredictable = services.new_ulid(caller.now);
    let within = (u128::from(number) << 64) | (unpredictable.random() & u128::from(u64::MAX));
    AuditLineId::new(Ulid::from_parts(unpredictable.timestamp_ms(), within))
}

/// Our errors have a code; the library's are about the request, such as a value of the wrong form.
fn code_of(error: &ServerError) -> String {
    match error.extensions.as_ref().and_then(|extensions| extensions.get("code")) {
        Some(Value::String(code)) => code.clone(),
        _ => "BAD_REQUEST".to_owned(),
    }
}

/// One change that somebody made, or was refused.
#[derive(SimpleObject)]
pub(crate) struct AuditLine {
    /// Its opaque id.
    id: ID,
    /// When the request came.
    at: AwsDateTime,
    /// Who did it; null where nobody was signed in, for guests of a share link, and for people who are gone.
    actor: Option<User>,
    /// Id of the person or share link that did it; null where nobody was signed in.
    actor_id: Option<ID>,
    /// What the person was at that time.
    actor_role: Option<Role>,
    /// The name of the mutation, for example `deleteMedia`.
    action: String,
    /// `DONE`, or the first code that it was refused with. Of a list some may have been done all the same.
    outcome: String,
    /// Ids of what it was about: what it was called with, and what came of it. Of a list, those for which it was done;
    /// all of them where none was. For a sign-in, whose session it is.
    subject_ids: Vec<ID>,
}

connection!(AuditLineConnection, AuditLineEdge, AuditLine, "lines of the audit log");

/// The query for the audit log.
#[derive(Default)]
pub(crate) struct AuditQueries;

#[Object]
impl AuditQueries {
    /// Who did what, latest first, for 400 days. For admins. Every mutation leaves a line when it was done or refused,
    /// except `refreshSession`; what was refused to somebody who was not signed in leaves none.
    #[graphql(
        directive = aws_cognito_user_pools::apply(groups(&["admin"]))
    )]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(default = 50, desc = "How many, 1 to 100.")] first: i32,
        #[graphql(desc = "Only what comes after this cursor.")] after: Option<String>,
    ) -> async_graphql::Result<Option<AuditLineConnection>> {
        let request = answer(ctx, PageRequest::parse(first, after.as_deref()))?;
        let page = answer(ctx, with_actors(ctx, &request).await)?;
        Ok(Some(AuditLineConnection::new(page, &request)))
    }
}

/// A page of the log, and all people on it in one batch.
async fn with_actors(ctx: &Context<'_>, request: &PageRequest) -> Result<Page<AuditLine>, Error> {
    let page = store(ctx).list_audit(request).await?;
    let mut ids: Vec<_> = page.rows.iter().filter_map(|(_, line)| person(line.actor)).collect();
    ids.sort_unstable();
    ids.dedup();
    let people = store(ctx).get_users(&ids).await?;
    let rows = page.rows.into_iter().map(|(cursor, line)| {
        let actor = person(line.actor).and_then(|id| people.get(&id)).cloned();
        (cursor, shown(line, actor))
    });
    Ok(Page { rows: rows.collect(), has_next: page.has_next })
}

fn person(actor: Actor) -> Option<model::UserId> {
    match actor {
        Actor::Person(id) => Some(id),
        Actor::Link(_) | Actor::Nobody => None,
    }
}

fn shown(line: model::AuditLine, actor: Option<model::User>) -> AuditLine {
    AuditLine {
        id: line.id.to_string().into(),
        at: line.at.into(),
        actor: actor.map(User::from),
        actor_id: match line.actor {
            Actor::Person(id) => Some(id.to_string().into()),
            Actor::Link(id) => Some(id.to_string().into()),
            Actor::Nobody => None,
        },
        actor_role: line.role.map(Role::from),
        action: line.action,
        outcome: match line.outcome {
            Outcome::Done => DONE.to_owned(),
            Outcome::Refused(code) => code,
        },
        subject_ids: line.subjects.into_iter().map(ID::from).collect(),
    }
}

#[cfg(test)]
mod tests {
    use model::{Role, Timestamp, UserId};
    use store::{MediaAddress, Settings, Store};
    use tokio::sync::OnceCell;

    use super::*;
    use crate::{Events, SiteAddress};

    /// Services at an address where nothing answers.
    fn unreachable() -> Services {
        let sdk = store::sdk_config_for("http://127.0.0.1:1", "us-east-1", "key", "secret");
        let settings = Settings {
            table: "table".to_owned(),
            originals_bucket: "originals".to_owned(),
            renditions_bucket: "renditions".to_owned(),
            user_pool_id: "pool".to_owned(),
            client_id: "client".to_owned(),
            media_address: MediaAddress::Aws,
            events_url: None,
        };
        Services {
            store: Store::new(&sdk, settings).expect("the configuration is whole"),
            clock: Arc::new(|| Timestamp::from_unix_seconds(0)),
            random: Arc::new(|bytes: &mut [u8]| bytes.fill(7)),
            site: SiteAddress::CallersHost(80),
            events: Events::default(),
            backup: None,
        }
    }

    fn caller() -> Caller {
        let id = UserId::from_sub("00000000-0000-0000-0000-000000000001").expect("a UUID");
        Caller {
            requester: Requester::Person { id, role: Role::Visitor },
            user: None,
            guest: None,
            access_token: None,
            host: "localhost".to_owned(),
            now: Timestamp::from_unix_seconds(0),
            request_id: "request".to_owned(),
            presigner: Arc::new(OnceCell::new()),
            notes: Notes::default(),
        }
    }

    /// Signing out of nothing needs no service, so that only the line fails.
    #[tokio::test]
    async fn a_line_that_cannot_be_written_does_not_keep_the_answer_back() {
        let document = "mutation { signOut(input: {}) { userErrors { code } } }";
        let request = async_graphql::Request::new(document).data(caller());
        let services = unreachable();
        let line = line(&services, &caller(), "signOut".to_owned(), None).expect("a person leaves a line");
        assert!(services.store.put_audit_line(&line).await.is_err(), "nothing can be written");
        let answer = crate::schema(Some(services)).execute(request).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        let data = answer.data.into_json().expect("JSON");
        assert_eq!(data, serde_json::json!({ "signOut": { "userErrors": [] } }));
    }

    #[test]
    fn ids_of_lines_keep_the_order_of_one_request() {
        let (services, caller) = (unreachable(), caller());
        let ids: Vec<_> = (1..=300).map(|number| id(&services, &caller, number)).collect();
        assert!(ids.is_sorted() && ids.windows(2).all(|pair| pair[0] != pair[1]));
    }
}
