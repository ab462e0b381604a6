//! Counts the calls to AWS, and the capacity that the answers say they took.
//!
//! Work is measured where it runs inside [`measured`]; calls of other tasks, and of other requests, do not mix with it.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use aws_sdk_dynamodb::{
    operation::{
        batch_get_item::{BatchGetItemInput, BatchGetItemOutput},
        delete_item::{DeleteItemInput, DeleteItemOutput},
        get_item::{GetItemInput, GetItemOutput},
        put_item::{PutItemInput, PutItemOutput},
        query::{QueryInput, QueryOutput},
        transact_write_items::{TransactWriteItemsInput, TransactWriteItemsOutput},
        update_item::{UpdateItemInput, UpdateItemOutput},
    },
    types::{ConsumedCapacity, ReturnConsumedCapacity},
};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        interceptors::{
            Intercept,
            context::{
                AfterDeserializationInterceptorContextRef, BeforeSerializationInterceptorContextMut,
                BeforeSerializationInterceptorContextRef, BeforeTransmitInterceptorContextRef, Input, Output,
            },
        },
        orchestrator::Metadata,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

/// The service whose calls are calls to the table.
const TABLE_SERVICE: &str = "DynamoDB";

tokio::task_local! {
    /// Counts the work that runs at this moment.
    static METER: Arc<Meter>;
}

#[derive(Debug, Default)]
struct Meter {
    calls: Mutex<Calls>,
    under_way: AtomicUsize,
}

impl Meter {
    fn calls(&self) -> MutexGuard<'_, Calls> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Used {
    /// How often it was called, tries that failed among them.
    pub calls: u64,
    /// Read and write capacity units of the table and its indexes, as far as the answers tell: those of refused writes
    /// do not.
    pub capacity_units: f64,
}

impl Used {
    fn add(&mut self, other: Self) {
        self.calls += other.calls;
        self.capacity_units += other.capacity_units;
    }
}

/// An operation of AWS.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Operation {
    service: String,
    name: String,
}

/// The calls that some work made.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calls(BTreeMap<Operation, Used>);

impl Calls {
    /// All calls to the table.
    #[must_use]
    pub fn of_table(&self) -> Used {
        self.sum(|operation| operation.service == TABLE_SERVICE)
    }

    /// All calls to anything else: objects, accounts.
    #[must_use]
    pub fn of_others(&self) -> Used {
        self.sum(|operation| operation.service != TABLE_SERVICE)
    }

    /// The calls of one operation, by its name in the API of its service, such as `Query`.
    #[must_use]
    pub fn of(&self, name: &str) -> Used {
        self.sum(|operation| operation.name == name)
    }

    fn sum(&self, wanted: impl Fn(&Operation) -> bool) -> Used {
        let mut sum = Used::default();
        self.0.iter().filter(|(operation, _)| wanted(operation)).for_each(|(_, used)| sum.add(*used));
        sum
    }

    fn note(&mut self, metadata: &Metadata, used: Used) {
        let operation = Operation { service: metadata.service().to_owned(), name: metadata.name().to_owned() };
        self.0.entry(operation).or_default().add(used);
    }

    fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(operation, used)| self.0.entry(operation.clone()).or_default().add(*used));
    }
}

/// For example `2 BatchGetItem, 1 Query`, each with its number of calls.
impl fmt::Display for Calls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.0.iter().map(|(operation, used)| format!("{} {}", used.calls, operation.name));
        f.write_str(&parts.collect::<Vec<_>>().join(", "))
    }
}

/// Does some work, and tells which calls it made. They count for work around it, too, once it is done.
pub async fn measured<F: Future>(work: F) -> (F::Output, Calls) {
    let meter = Arc::<Meter>::default();
    let output = METER.scope(meter.clone(), work).await;
    let calls = meter.calls().clone();
    // There need be nothing around it.
    let _ = METER.try_with(|around| around.calls().add(&calls));
    (output, calls)
}

/// Whether a call of the work that is measured around this was begun and has not ended.
#[must_use]
pub fn is_call_under_way() -> bool {
    METER.try_with(|meter| meter.under_way.load(Ordering::Relaxed) > 0).unwrap_or(false)
}

/// Sees every call of the clients that it is given to.
#[derive(Debug)]
pub(crate) struct CountCalls;

/// Lies with a call, and goes with it, even where nobody waits for its end.
#[derive(Debug)]
struct UnderWay(Arc<Meter>);

impl UnderWay {
    fn begin(meter: Arc<Meter>) -> Self {
        meter.under_way.fetch_add(1, Ordering::Relaxed);
        Self(meter)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Storable for UnderWay {
    type Storer = StoreReplace<Self>;
}

impl Intercept for CountCalls {
    fn name(&self) -> &'static str {
        "CountCalls"
    }

    fn read_before_execution(
        &self,
        _context: &BeforeSerializationInterceptorContextRef<'_>,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(meter) = METER.try_with(Arc::clone) {
            cfg.interceptor_state().store_put(UnderWay::begin(meter));
        }
        Ok(())
    }

    /// Has the answer say what it took, where somebody counts.
    fn modify_before_serialization(
        &self,
        context: &mut BeforeSerializationInterceptorContextMut<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if cfg.load::<UnderWay>().is_some() {
            ask_for_capacity(context.input_mut());
        }
        Ok(())
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        note(cfg, Used { calls: 1, capacity_units: 0.0 });
        Ok(())
    }

    fn read_after_deserialization(
        &self,
        context: &AfterDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Ok(output) = context.output_or_error() {
            note(cfg, Used { calls: 0, capacity_units: capacity_units(output) });
        }
        Ok(())
    }
}

fn note(cfg: &ConfigBag, used: Used) {
    if let (Some(UnderWay(meter)), Some(metadata)) = (cfg.load::<UnderWay>(), cfg.load::<Metadata>()) {
        meter.calls().note(metadata, used);
    }
}

fn ask_for_capacity(input: &mut Input) {
    macro_rules! ask {
        ($($operation:ty),+) => {
            $(if let Some(input) = input.downcast_mut::<$operation>() {
                input.return_consumed_capacity = Some(ReturnConsumedCapacity::Total);
            })+
        };
    }
    ask!(
        GetItemInput,
        BatchGetItemInput,
        QueryInput,
        PutItemInput,
        UpdateItemInput,
        DeleteItemInput,
        TransactWriteItemsInput
    );
}

/// What an answer says that it took; 0 where it says nothing.
fn capacity_units(output: &Output) -> f64 {
    let mut told: Vec<&ConsumedCapacity> = Vec::new();
    macro_rules! read {
        ($($operation:ty),+) => {
            $(if let Some(output) = output.downcast_ref::<$operation>() {
                told.extend(output.consumed_capacity());
            })+
        };
    }
    read!(
        GetItemOutput,
        BatchGetItemOutput,
        QueryOutput,
        PutItemOutput,
        UpdateItemOutput,
        DeleteItemOutput,
        TransactWriteItemsOutput
    );
    told.into_iter().filter_map(ConsumedCapacity::capacity_units).sum()
}
