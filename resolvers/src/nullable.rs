//! A nullable field that fails becomes null, and its error is listed, as the GraphQL specification asks
//! (section 6.4.4, "Handling Execution Errors"). The library would make the whole parent null instead.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use async_graphql::{
    PathSegment, Response, ServerError, ServerResult, Value,
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
        let mut response = next.run(ctx, operation_name).await;
        response.errors.append(&mut self.errors.lock().unwrap_or_else(PoisonError::into_inner));
        response.errors.iter_mut().for_each(restore_path);
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        let nullable = !info.return_type.ends_with('!');
        match next.run(ctx, info).await.map_err(keep_path) {
            Err(error) if nullable => {
                self.errors.lock().unwrap_or_else(PoisonError::into_inner).push(error);
                Ok(Some(Value::Null))
            }
            result => result,
        }
    }
}

/// Where an error arose. The library puts the place of a list's item over it when the error leaves the item.
struct FirstPath(Vec<PathSegment>);

fn keep_path(mut error: ServerError) -> ServerError {
    if first_path(&error).is_none() {
        error.source = Some(Arc::new(FirstPath(error.path.clone())));
    }
    error
}

fn restore_path(error: &mut ServerError) {
    if let Some(FirstPath(path)) = first_path(error) {
        error.path = path.clone();
    }
}

fn first_path(error: &ServerError) -> Option<&FirstPath> {
    error.source.as_ref()?.downcast_ref()
}

#[cfg(test)]
mod tests {
    use async_graphql::{EmptyMutation, EmptySubscription, Object, Result, Schema};
    use serde_json::{Value as Json, json};

    use super::{EXECUTED, NullableFields};

    /// Its fields fail where it is broken.
    struct Query(bool);

    #[Object]
    impl Query {
        async fn good(&self) -> i32 {
            1
        }

        fn optional(&self) -> Result<Option<i32>> {
            if self.0 { Err("optional failed".into()) } else { Ok(Some(2)) }
        }

        fn required(&self) -> Result<i32> {
            if self.0 { Err("required failed".into()) } else { Ok(3) }
        }

        async fn maybe(&self) -> Option<Thing> {
            Some(Thing(true))
        }

        async fn sure(&self) -> Thing {
            Thing(true)
        }

        async fn holes(&self) -> Vec<Option<Thing>> {
            vec![Some(Thing(false)), Some(Thing(true)), Some(Thing(false))]
        }

        async fn whole(&self) -> Option<Vec<Thing>> {
            Some(vec![Thing(false), Thing(true)])
        }
    }

    /// As above, further down.
    struct Thing(bool);

    #[Object]
    impl Thing {
        async fn good(&self) -> i32 {
            1
        }

        fn optional(&self) -> Result<Option<i32>> {
            if self.0 { Err("optional failed".into()) } else { Ok(Some(2)) }
        }

        fn required(&self) -> Result<i32> {
            if self.0 { Err("required failed".into()) } else { Ok(3) }
        }

        async fn maybe(&self) -> Option<Thing> {
            Some(Thing(self.0))
        }

        async fn sure(&self) -> Thing {
            Thing(self.0)
        }
    }

    async fn answer(document: &str) -> Json {
        let schema = Schema::build(Query(true), EmptyMutation, EmptySubscription).extension(NullableFields).finish();
        serde_json::to_value(schema.execute(document).await).expect("an answer is JSON")
    }

    /// The data, and the paths of the errors, which may come in any order.
    async fn check(document: &str, data: Json, mut paths: Vec<Json>) {
        let answer = answer(document).await;
        assert_eq!(answer.get("data"), Some(&data), "{document}: {answer:#}");
        let mut found: Vec<Json> =
            answer["errors"].as_array().into_iter().flatten().map(|e| e["path"].clone()).collect();
        found.sort_by_key(Json::to_string);
        paths.sort_by_key(Json::to_string);
        assert_eq!(found, paths, "{document}: {answer:#}");
    }

    #[tokio::test]
    async fn a_nullable_field_that_fails_is_null_and_its_siblings_stay() {
        check("{ good optional }", json!({ "good": 1, "optional": null }), vec![json!(["optional"])]).await;
        check(
            "{ maybe { good optional } good }",
            json!({ "maybe": { "good": 1, "optional": null }, "good": 1 }),
            vec![json!(["maybe", "optional"])],
        )
        .await;
    }

    #[tokio::test]
    async fn an_error_says_what_failed_and_where() {
        let answer = answer("{\n  maybe {\n    optional\n  }\n}").await;
        let expected = json!([{
            "message": "optional failed",
            "path": ["maybe", "optional"],
            "locations": [{ "line": 3, "column": 5 }],
        }]);
        assert_eq!(answer["errors"], expected);
    }

    #[tokio::test]
    async fn a_required_field_that_fails_nulls_the_nearest_nullable_parent_whose_key_stays() {
        let path = json!(["maybe", "required"]);
        check("{ good maybe { good required } }", json!({ "good": 1, "maybe": null }), vec![path]).await;
        check(
            "{ maybe { good maybe { good sure { required } } } }",
            json!({ "maybe": { "good": 1, "maybe": null } }),
            vec![json!(["maybe", "maybe", "sure", "required"])],
        )
        .await;
    }

    #[tokio::test]
    async fn a_required_field_that_fails_without_a_nullable_parent_nulls_the_data() {
        check("{ good required }", Json::Null, vec![json!(["required"])]).await;
        check("{ good sure { required } }", Json::Null, vec![json!(["sure", "required"])]).await;
    }

    #[tokio::test]
    async fn an_item_of_a_list_fails_alone_where_items_are_nullable() {
        check(
            "{ holes { good required } }",
            json!({ "holes": [{ "good": 1, "required": 3 }, null, { "good": 1, "required": 3 }] }),
            vec![json!(["holes", 1, "required"])],
        )
        .await;
        check(
            "{ holes { optional } }",
            json!({ "holes": [{ "optional": 2 }, { "optional": null }, { "optional": 2 }] }),
            vec![json!(["holes", 1, "optional"])],
        )
        .await;
    }

    #[tokio::test]
    async fn an_item_that_must_not_be_null_takes_the_list_with_it() {
        check(
            "{ good whole { required } }",
            json!({ "good": 1, "whole": null }),
            vec![json!(["whole", 1, "required"])],
        )
        .await;
        check(
            "{ whole { optional } }",
            json!({ "whole": [{ "optional": 2 }, { "optional": null }] }),
            vec![json!(["whole", 1, "optional"])],
        )
        .await;
    }

    #[tokio::test]
    async fn two_failing_siblings_give_two_errors_under_their_own_names() {
        check(
            "{ first: optional second: optional third: maybe { fourth: optional } }",
            json!({ "first": null, "second": null, "third": { "fourth": null } }),
            vec![json!(["first"]), json!(["second"]), json!(["third", "fourth"])],
        )
        .await;
    }

    #[tokio::test]
    async fn fragments_change_nothing() {
        check(
            "{ ...F ... { maybe { ...G } } } fragment F on Query { optional } fragment G on Thing { required }",
            json!({ "optional": null, "maybe": null }),
            vec![json!(["optional"]), json!(["maybe", "required"])],
        )
        .await;
    }

    #[tokio::test]
    async fn only_what_was_executed_is_marked_as_executed() {
        for document in ["{ good }", "{ required }", "{ optional }"] {
            assert_eq!(answer(document).await["extensions"][EXECUTED], json!(true), "{document}");
        }
        for document in ["{ unknown }", "{", "", "query($id: ID!) { good }", "query A { good } query B { good }"] {
            let answer = answer(document).await;
            assert_eq!(answer["extensions"].get(EXECUTED), None, "{document}: {answer:#}");
            assert_eq!(answer["data"], Json::Null, "{document}: {answer:#}");
            assert!(answer["errors"].as_array().is_some_and(|errors| !errors.is_empty()), "{document}: {answer:#}");
        }
    }
}
