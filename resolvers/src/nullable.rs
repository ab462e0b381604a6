//! A nullable field that fails becomes null, and its error is listed, as the GraphQL specification asks
//! (section 6.4.4, "Handling Execution Errors"). The library would make the whole parent null instead.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    Response, ServerError, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextExecute, NextRequest, NextResolve, ResolveInfo},
};

/// Set in the answer's own extensions when the operation was executed, whatever became of it; the door takes it out.
pub(crate) const EXECUTED: &str = "mantel.executed";

pub(crate) struct NullableFields;

impl ExtensionFactory for NullableFields {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(ErrorsOfRequest::default())
    }
}

#[derive(Default)]
struct ErrorsOfRequest {
    errors: Mutex<Vec<ServerError>>,
    executed: AtomicBool,
}

#[async_graphql::async_trait::async_trait]
impl Extension for ErrorsOfRequest {
    async fn request(&self, ctx: &ExtensionContext<'_>, next: NextRequest<'_>) -> Response {
        let mut response = next.run(ctx).await;
        response.errors.append(&mut self.errors.lock().unwrap_or_else(PoisonError::into_inner));
        if self.executed.load(Ordering::Relaxed) {
            response.extensions.insert(EXECUTED.to_owned(), Value::Boolean(true));
        }
        response
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> Response {
        self.executed.store(true, Ordering::Relaxed);
        next.run(ctx, operation_name).await
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await {
            Err(error) if nullable => {
                self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
                Ok(Some(Value::Null))
            }
            result => result,
        }
    }
}
