//! A request without a variable that must be given is refused as a whole, as the GraphQL specification asks
//! (section 6.1.2, "Coercing Variable Values"). The library would execute it, and fail the fields that use the variable.

use std::sync::{Arc, OnceLock};

use async_graphql::{
    Request, ServerError, ServerResult, Variables,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextParseQuery, NextPrepareRequest},
};
use async_graphql_parser::types::ExecutableDocument;
use async_graphql_value::ConstValue;

pub(crate) struct RequiredVariables;

impl ExtensionFactory for RequiredVariables {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(VariablesOfRequest::default())
    }
}

#[derive(Default)]
struct VariablesOfRequest {
    operation_name: OnceLock<String>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for VariablesOfRequest {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<Request> {
        if let Some(name) = &request.operation_name {
            self.operation_name.get_or_init(|| name.clone());
        }
        next.run(ctx, request).await
    }

    async fn parse_query(
        &self,
        ctx: &ExtensionContext<'_>,
        query: &str,
        variables: &Variables,
        next: NextParseQuery<'_>,
    ) -> ServerResult<ExecutableDocument> {
        let document = next.run(ctx, query, variables).await?;
        let wanted = self.operation_name.get();
        let chosen = document
            .operations
            .iter()
            .filter(|(name, _)| wanted.is_none_or(|wanted| name.is_some_and(|name| name.as_str() == wanted)));
        for definition in chosen.flat_map(|(_, operation)| &operation.node.variable_definitions) {
            let variable = &definition.node;
            let missing = match variables.get(&variable.name.node) {
                Some(value) => *value == ConstValue::Null,
                None => variable.default_value.is_none(),
            };
            if missing && !variable.var_type.node.nullable {
                let message = format!("Variable \"${}\" must be given.", variable.name.node);
                return Err(ServerError::new(message, Some(definition.pos)));
            }
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, Variables};
    use serde_json::json;

    use super::RequiredVariables;

    struct Query;

    #[Object]
    impl Query {
        async fn echo(&self, n: Option<i32>) -> Option<i32> {
            n
        }
    }

    async fn is_executed(document: &str, variables: serde_json::Value, operation_name: Option<&str>) -> bool {
        let schema = Schema::build(Query, EmptyMutation, EmptySubscription).extension(RequiredVariables).finish();
        let mut request = Request::new(document).variables(Variables::from_json(variables));
        request.operation_name = operation_name.map(str::to_owned);
        schema.execute(request).await.errors.is_empty()
    }

    #[tokio::test]
    async fn what_must_be_given_must_be_given() {
        let required = "query($n: Int!) { echo(n: $n) }";
        assert!(is_executed(required, json!({ "n": 1 }), None).await);
        assert!(!is_executed(required, json!({}), None).await);
        assert!(!is_executed(required, json!({ "n": null }), None).await);
    }

    #[tokio::test]
    async fn what_has_a_default_or_may_be_null_need_not_be_given() {
        assert!(is_executed("query($n: Int! = 1) { echo(n: $n) }", json!({}), None).await);
        assert!(!is_executed("query($n: Int! = 1) { echo(n: $n) }", json!({ "n": null }), None).await);
        assert!(is_executed("query($n: Int) { echo(n: $n) }", json!({}), None).await);
    }

    #[tokio::test]
    async fn only_the_chosen_operation_counts() {
        let two = "query A($n: Int!) { echo(n: $n) } query B { echo }";
        assert!(is_executed(two, json!({}), Some("B")).await);
        assert!(!is_executed(two, json!({}), Some("A")).await);
    }
}
