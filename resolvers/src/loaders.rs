//! Reads single records within one request, in stages: what all fields wait for at the same time is one batch.
//!
//! The library works at all fields of an operation in one task. Once none of them can go on by itself, and no other call
//! is under way, what they wait for is read. So the document and the data alone say how many batches there are, however
//! long anything takes. Where a field would hold a call of its own back until a record is there, the two would wait for
//! each other: that ends after [`PATIENCE`].

use std::{
    collections::{HashMap, HashSet},
    future::poll_fn,
    hash::Hash,
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{self, Poll, Wake, Waker},
    time::Duration,
};

use async_graphql::{
    Context, Response,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute},
};
use model::{AccessLevel, CommentId, Error, GalleryId, LinkId, MediaId, ShareLink, User, UserId};
use store::{Record, RecordKey, Store};
use tokio::{sync::oneshot, task::coop::unconstrained};

/// How long what is wanted may wait for other calls.
const PATIENCE: Duration = Duration::from_secs(10);

/// The loader of one request.
#[derive(Clone)]
pub(crate) struct RecordLoader(Arc<Desk>);

struct Desk {
    store: Store,
    keeps: bool,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// How many operations are executed in stages, so that somebody will read what is wanted.
    attending: usize,
    wanted: Vec<(RecordKey, oneshot::Sender<Found>)>,
    kept: HashMap<RecordKey, Found>,
}

/// What is there under a key, or why that cannot be read.
type Found = Result<Option<Record>, Arc<Error>>;

/// A loader that reads anew whatever it is asked for, as mutations need it.
pub(crate) fn record_loader(store: Store) -> RecordLoader {
    RecordLoader(Arc::new(Desk { store, keeps: false, state: Mutex::default() }))
}

/// A loader that reads each record once. For one query: it does not learn of changes.
pub(crate) fn keeping_record_loader(store: Store) -> RecordLoader {
    RecordLoader(Arc::new(Desk { store, keeps: true, state: Mutex::default() }))
}

pub(crate) fn loader<'a>(ctx: &Context<'a>) -> &'a RecordLoader {
    ctx.data_unchecked::<RecordLoader>()
}

/// An error that several waiting fields share.
pub(crate) fn shared(error: Arc<Error>) -> Error {
    match Arc::try_unwrap(error) {
        Ok(error) => error,
        Err(error) => match error.as_ref() {
            Error::Unavailable(reason) => Error::Unavailable(reason.to_string().into()),
            other => Error::internal(other.to_string()),
        },
    }
}

impl RecordLoader {
    /// One record, from the table itself; none where it is not there.
    pub(crate) async fn load_one<K: Loadable>(&self, id: K) -> Result<Option<K::Value>, Arc<Error>> {
        Ok(self.ask(id.key()).of(self).await?.and_then(K::value))
    }

    /// Records by their ids; those that are not there are left out.
    pub(crate) async fn load_many<K: Loadable>(&self, ids: &[K]) -> Result<HashMap<K, K::Value>, Arc<Error>> {
        // All are asked for before the first is waited for.
        let asked: Vec<(K, Asked)> = ids.iter().map(|&id| (id, self.ask(id.key()))).collect();
        let mut found = HashMap::with_capacity(asked.len());
        for (id, asked) in asked {
            found.extend(asked.of(self).await?.and_then(K::value).map(|value| (id, value)));
        }
        Ok(found)
    }

    fn ask(&self, key: RecordKey) -> Asked {
        let mut state = self.0.state();
        if let Some(kept) = state.kept.get(&key) {
            return Asked::Known(Box::new(kept.clone()));
        }
        if state.attending == 0 {
            return Asked::Unattended(key);
        }
        let (sender, answer) = oneshot::channel();
        state.wanted.push((key, sender));
        Asked::Wanted(key, answer)
    }

    /// Reads what will surely be asked for, where it would be kept.
    pub(crate) async fn read_ahead(&self, keys: &[RecordKey]) -> Result<(), Error> {
        if self.0.keeps {
            self.read(keys).await.map_err(shared)?;
        }
        Ok(())
    }

    /// Does some work in stages.
    async fn attend<F: Future>(&self, work: F) -> F::Output {
        let mut work = pin!(work);
        let _attending = Attending::begin(&self.0);
        loop {
            match stage(work.as_mut(), || !self.0.state().wanted.is_empty()).await {
                Stage::Done(output) => return output,
                Stage::Waits => self.read_wanted().await,
            }
        }
    }

    async fn read_wanted(&self) {
        let wanted = std::mem::take(&mut self.0.state().wanted);
        let mut seen = HashSet::new();
        let keys: Vec<RecordKey> = wanted.iter().map(|(key, _)| *key).filter(|key| seen.insert(*key)).collect();
        let found = self.read(&keys).await;
        for (key, answer) in wanted {
            // Who asked may be gone.
            let _ = answer.send(match &found {
                Ok(found) => found.get(&key).cloned().unwrap_or(Ok(None)),
                Err(error) => Err(error.clone()),
            });
        }
    }

    async fn read(&self, keys: &[RecordKey]) -> Result<HashMap<RecordKey, Found>, Arc<Error>> {
        let found = self.0.store.get_records(keys).await.map_err(Arc::new)?;
        let found: HashMap<RecordKey, Found> =
            found.into_iter().map(|(key, record)| (key, record.map(Some).map_err(Arc::new))).collect();
        if self.0.keeps {
            let kept = keys.iter().map(|key| (*key, found.get(key).cloned().unwrap_or(Ok(None))));
            self.0.state().kept.extend(kept);
        }
        Ok(found)
    }
}

/// A record that somebody asked for.
enum Asked {
    Known(Box<Found>),
    /// It comes with the next batch.
    Wanted(RecordKey, oneshot::Receiver<Found>),
    /// Nobody reads batches: whoever asks reads it.
    Unattended(RecordKey),
}

impl Asked {
    async fn of(self, loader: &RecordLoader) -> Found {
        let key = match self {
            Self::Known(found) => return *found,
            Self::Wanted(key, answer) => match answer.await {
                Ok(found) => return found,
                // Whoever was to read it is gone.
                Err(_) => key,
            },
            Self::Unattended(key) => key,
        };
        loader.read(&[key]).await?.remove(&key).unwrap_or(Ok(None))
    }
}

impl Desk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lasts while an operation is executed in stages.
struct Attending<'a>(&'a Desk);

impl<'a> Attending<'a> {
    fn begin(desk: &'a Desk) -> Self {
        desk.state().attending += 1;
        Self(desk)
    }
}

impl Drop for Attending<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.attending -= 1;
        if state.attending == 0 {
            state.wanted.clear();
        }
    }
}

/// What became of some work that went on as far as it could.
enum Stage<T> {
    Done(T),
    /// It needs what is wanted.
    Waits,
}

/// Lets work go on until it is done, or nothing but what is wanted can bring it further.
async fn stage<F: Future>(work: Pin<&mut F>, is_wanted: impl Fn() -> bool) -> Stage<F::Output> {
    // The runtime would have long work stop now and then, and wake it where that cannot be seen here.
    let mut work = pin!(unconstrained(work));
    let mut patience = pin!(tokio::time::sleep(PATIENCE));
    poll_fn(|context| {
        let woken = Arc::new(Woken { already: AtomicBool::new(false), task: context.waker().clone() });
        if let Poll::Ready(output) = work.as_mut().poll(&mut task::Context::from_waker(&Waker::from(woken.clone()))) {
            return Poll::Ready(Stage::Done(output));
        }
        // The library stops in long lists, too, and has itself woken at once.
        let goes_on = woken.already.load(Ordering::Acquire) || store::is_call_under_way();
        if is_wanted() && (!goes_on || patience.as_mut().poll(context).is_ready()) {
            return Poll::Ready(Stage::Waits);
        }
        Poll::Pending
    })
    .await
}

/// Notes that work was woken since it stopped.
struct Woken {
    already: AtomicBool,
    task: Waker,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.already.store(true, Ordering::Release);
        self.task.wake_by_ref();
    }
}

/// Executes every operation in stages, whichever door it came by.
pub(crate) struct Stages;

impl ExtensionFactory for Stages {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Self)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Stages {
    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        let work = next.run(ctx, operation_name);
        match ctx.data_opt::<RecordLoader>() {
            // What is under way elsewhere for the same caller must not hold this up.
            Some(loader) => store::measured(loader.attend(work)).await.0,
            None => work.await,
        }
    }
}

/// Names a record of one kind.
pub(crate) trait Loadable: Copy + Eq + Hash {
    /// What there is to know of it.
    type Value;

    fn key(self) -> RecordKey;

    /// None for a record of another kind, which no key of this kind names.
    fn value(record: Record) -> Option<Self::Value>;
}

macro_rules! loadable {
    ($id:ty, $value:ty, $key:expr, $record:pat => $found:expr) => {
        impl Loadable for $id {
            type Value = $value;

            fn key(self) -> RecordKey {
                $key(self)
            }

            fn value(record: Record) -> Option<$value> {
                if let $record = record { Some($found) } else { None }
            }
        }
    };
}

loadable!(UserId, User, RecordKey::User, Record::User(user) => user);
loadable!(GalleryId, model::Gallery, RecordKey::Gallery, Record::Gallery(gallery) => gallery);
loadable!(MediaId, model::Media, RecordKey::Media, Record::Media(media) => *media);
loadable!(CommentId, model::Comment, RecordKey::Comment, Record::Comment(comment) => comment);
loadable!(LinkId, ShareLink, RecordKey::Link, Record::Link(link) => link);
loadable!((GalleryId, UserId), AccessLevel, |(gallery, user)| RecordKey::Grant(gallery, user), Record::Grant(grant) => grant.level);

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use tokio::sync::Notify;

    use super::*;

    /// Stops once, and has itself woken at once.
    async fn stop() {
        let mut stopped = false;
        poll_fn(|context| {
            if stopped {
                return Poll::Ready(());
            }
            stopped = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }

    #[tokio::test]
    async fn a_stage_lasts_until_nothing_goes_on_by_itself() {
        let (steps, answer) = (AtomicUsize::new(0), Notify::new());
        let mut work = pin!(async {
            for _ in 0..5 {
                stop().await;
                steps.fetch_add(1, Ordering::Relaxed);
            }
            answer.notified().await;
            steps.load(Ordering::Relaxed)
        });
        assert!(matches!(stage(work.as_mut(), || true).await, Stage::Waits));
        assert_eq!(steps.load(Ordering::Relaxed), 5, "it went on as far as it could");
        answer.notify_one();
        assert!(matches!(stage(work, || true).await, Stage::Done(5)));
    }

    /// More answers than the runtime lets a task take at once.
    #[tokio::test]
    async fn a_stage_takes_all_answers_that_are_there() {
        let taken = AtomicUsize::new(0);
        let work = pin!(async {
            for _ in 0..1_000 {
                let (sender, answer) = oneshot::channel();
                sender.send(()).expect("somebody waits");
                answer.await.expect("it was sent");
                taken.fetch_add(1, Ordering::Relaxed);
            }
            std::future::pending::<()>().await;
        });
        assert!(matches!(stage(work, || true).await, Stage::Waits));
        assert_eq!(taken.load(Ordering::Relaxed), 1_000);
    }

    #[tokio::test]
    async fn a_stage_does_not_end_while_nothing_is_wanted() {
        let answer = Arc::new(Notify::new());
        let other = answer.clone();
        tokio::spawn(async move { other.notify_one() });
        let work = pin!(async { answer.notified().await });
        assert!(matches!(stage(work, || false).await, Stage::Done(())));
    }
}
