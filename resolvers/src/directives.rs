//! The directives of the schema: who may call a root field, and which fields AppSync resolves on their own.
//!
//! They change nothing by themselves: AppSync enforces the first two from the SDL, [`crate::guard`] enforces them from
//! the same SDL at both doors.

use async_graphql::TypeDirective;

/// Open to signed-in people in one of these groups.
#[TypeDirective(name = "aws_cognito_user_pools", location = "FieldDefinition", location = "Object")]
pub(crate) fn aws_cognito_user_pools(#[graphql(name = "cognito_groups")] cognito_groups: Option<Vec<String>>) {}

/// Open to everybody, without signing in.
#[TypeDirective(name = "aws_api_key", location = "FieldDefinition", location = "Object")]
pub(crate) fn aws_api_key() {}

/// Open to programs that sign their requests with a key of AWS.
#[TypeDirective(name = "aws_iam", location = "FieldDefinition", location = "Object")]
pub(crate) fn aws_iam() {}

/// Told of by AppSync when one of these mutations answers.
#[TypeDirective(name = "aws_subscribe", location = "FieldDefinition")]
pub(crate) fn aws_subscribe(mutations: Vec<String>) {}

/// Resolved on its own by AppSync, although it takes no argument.
#[TypeDirective(name = "resolver", location = "FieldDefinition")]
pub(crate) fn resolver() {}

/// Groups of the user pool, for a declaration.
#[expect(clippy::unnecessary_wraps, reason = "a declaration without groups is `None`")]
pub(crate) fn groups(names: &[&str]) -> Option<Vec<String>> {
    Some(names.iter().map(|&name| name.to_owned()).collect())
}
