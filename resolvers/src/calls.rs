//! Tells the log what each request asked of AWS, for whoever pays for it.

use store::Calls;

/// One line for a request that asked for anything. Its target is this module.
pub(crate) fn log(request_id: Option<&str>, calls: &Calls) {
    let (table, others) = (calls.of_table(), calls.of_others());
    if table.calls + others.calls > 0 {
        tracing::info!(
            request.id = request_id,
            table.calls = table.calls,
            table.capacity_units = table.capacity_units,
            other.calls = others.calls,
            calls = %calls,
            "answered"
        );
    }
}
