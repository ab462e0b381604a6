//! Enforces the declared rights of root fields, from the text of the schema itself.

use std::{
    collections::HashMap,
    sync::{Arc, OnceLock},
};

use async_graphql::{
    ServerError, ServerResult, Value,
    extensions::{Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo},
};
use async_graphql_parser::{
    parse_schema,
    types::{ConstDirective, TypeKind, TypeSystemDefinition},
};
use async_graphql_value::ConstValue;
use model::{Error, access::Requester};

use crate::{context::Caller, error::to_server_error};

const ROOTS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Who may call a root field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// Everybody.
    pub public: bool,
    /// People in one of these groups.
    pub groups: Vec<String>,
    /// Programs that sign their requests with a key of AWS.
    pub service: bool,
}

/// The rights of every root field, by `Type.field`.
pub type RightsTable = HashMap<String, Rights>;

/// Reads the rights of the root fields from a schema in SDL. A field without a declaration gives nobody rights.
///
/// # Errors
/// When the text is no schema.
pub fn rights_of(sdl: &str) -> Result<RightsTable, async_graphql_parser::Error> {
    let mut table = RightsTable::new();
    for definition in parse_schema(sdl)?.definitions {
        let TypeSystemDefinition::Type(ty) = definition else { continue };
        let root = ty.node.name.node.as_str();
        let TypeKind::Object(object) = &ty.node.kind else { continue };
        if !ROOTS.contains(&root) {
            continue;
        }
        for field in &object.fields {
            let directives = field.node.directives.iter().map(|directive| &directive.node);
            table.insert(format!("{root}.{}", field.node.name.node), declared(directives));
        }
    }
    Ok(table)
}

fn declared<'a>(directives: impl Iterator<Item = &'a ConstDirective>) -> Rights {
    let mut rights = Rights::default();
    for directive in directives {
        match directive.name.node.as_str() {
            "aws_api_key" => rights.public = true,
            "aws_iam" => rights.service = true,
            "aws_cognito_user_pools" => {
                if let Some(ConstValue::List(groups)) = directive.get_argument("cognito_groups").map(|a| &a.node) {
                    rights.groups.extend(groups.iter().filter_map(|group| match group {
                        ConstValue::String(name) => Some(name.clone()),
                        _ => None,
                    }));
                }
            }
            _ => {}
        }
    }
    rights
}

/// Whether these rights let the caller in, and if not, why.
///
/// # Errors
/// [`Error::Unauthenticated`] or [`Error::Forbidden`].
pub fn check(rights: Option<&Rights>, requester: &Requester) -> Result<(), Error> {
    let Some(rights) = rights else { return Err(Error::Forbidden) };
    match requester {
        // What is open to everybody is so by an API key, which a service does not use.
        Requester::Service if rights.service => Ok(()),
        Requester::Service => Err(Error::Forbidden),
        _ if rights.public => Ok(()),
        Requester::Anonymous => Err(Error::Unauthenticated),
        Requester::Person { role, .. } => {
            if rights.groups.iter().any(|group| group == role.group()) {
                Ok(())
            } else {
                Err(Error::Forbidden)
            }
        }
    }
}

/// Refuses root fields that the caller has no right to. The table is read from the schema at its first use.
#[derive(Default)]
pub(crate) struct Guard {
    table: Arc<OnceLock<RightsTable>>,
}

impl ExtensionFactory for Guard {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(GuardOfRequest { table: self.table.clone() })
    }
}

struct GuardOfRequest {
    table: Arc<OnceLock<RightsTable>>,
}

#[async_graphql::async_trait::async_trait]
impl Extension for GuardOfRequest {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        if ROOTS.contains(&info.parent_type) && !info.is_for_introspection {
            let caller = ctx.data_unchecked::<Caller>();
            if let Err(error) = self.check(ctx, &info, &caller.requester) {
                let refused: ServerError = to_server_error(&error, caller, Some(info.field.name.pos));
                return Err(ServerError { path: path_of(&info), ..refused });
            }
        }
        next.run(ctx, info).await
    }
}

impl GuardOfRequest {
    fn check(&self, ctx: &ExtensionContext<'_>, info: &ResolveInfo<'_>, requester: &Requester) -> Result<(), Error> {
        // Names of introspection (`__schema`, `__type`) are not in the text of the schema: it is for everyone signed in.
        if info.name.starts_with("__") {
            return requester.user_id().map(|_| ()).ok_or(Error::Unauthenticated);
        }
        let table = self
            .table
            .get_or_init(|| rights_of(&ctx.sdl()).expect("the schema that this server prints is one it can read"));
        check(table.get(&format!("{}.{}", info.parent_type, info.name)), requester)
    }
}

fn path_of(info: &ResolveInfo<'_>) -> Vec<async_graphql::PathSegment> {
    vec![async_graphql::PathSegment::Field(info.alias.unwrap_or(info.name).to_owned())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_without_a_declaration_is_open_to_nobody() {
        let table = rights_of("type Query { open: Int @aws_api_key  closed: Int }").expect("a schema");
        assert!(check(table.get("Query.open"), &Requester::Anonymous).is_ok());
        assert!(matches!(check(table.get("Query.closed"), &Requester::Anonymous), Err(Error::Unauthenticated)));
        let admin = Requester::Person {
            id: model::UserId::from_sub("00000000-0000-0000-0000-000000000001").expect("a UUID"),
            role: model::Role::Admin,
        };
        assert!(matches!(check(table.get("Query.closed"), &admin), Err(Error::Forbidden)));
        assert!(matches!(check(table.get("Query.unknown"), &admin), Err(Error::Forbidden)));
    }

    #[test]
    fn a_service_may_call_what_is_declared_for_services_and_nothing_else() {
        let sdl = r#"type Query {
            own: Int @aws_iam
            shared: Int @aws_iam @aws_cognito_user_pools(cognito_groups: ["admin"])
            open: Int @aws_api_key @aws_cognito_user_pools
            admins: Int @aws_cognito_user_pools(cognito_groups: ["admin"])
            closed: Int
        }"#;
        let table = rights_of(sdl).expect("a schema");
        for field in ["own", "shared"] {
            assert!(check(table.get(&format!("Query.{field}")), &Requester::Service).is_ok(), "{field}");
        }
        for field in ["open", "admins", "closed", "unknown"] {
            let refused = check(table.get(&format!("Query.{field}")), &Requester::Service);
            assert!(matches!(refused, Err(Error::Forbidden)), "{field}");
        }
        assert!(matches!(check(table.get("Query.own"), &Requester::Anonymous), Err(Error::Unauthenticated)));
        let admin = Requester::Person {
            id: model::UserId::from_sub("00000000-0000-0000-0000-000000000001").expect("a UUID"),
            role: model::Role::Admin,
        };
        assert!(matches!(check(table.get("Query.own"), &admin), Err(Error::Forbidden)));
        assert!(check(table.get("Query.shared"), &admin).is_ok());
    }
}
