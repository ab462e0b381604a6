//! AppSync's scalars, by the same names everywhere.

use async_graphql::{InputValueError, InputValueResult, Scalar, ScalarType, Value};
use model::{Error, Timestamp};

macro_rules! text_scalar {
    ($(#[$doc:meta])* $type:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug)]
        pub(crate) struct $type(pub(crate) String);

        $(#[$doc])*
        #[Scalar(name = $name)]
        impl ScalarType for $type {
            fn parse(value: Value) -> InputValueResult<Self> {
                match value {
                    Value::String(text) => Ok(Self(text)),
                    other => Err(InputValueError::expected_type(other)),
                }
            }

            fn to_value(&self) -> Value {
                Value::String(self.0.clone())
            }
        }
    };
}

text_scalar!(
    /// A calendar day, `2026-03-01`.
    AwsDate, "AWSDate"
);
text_scalar!(
    /// An address on the web.
    AwsUrl, "AWSURL"
);
text_scalar!(
    /// An e-mail address.
    AwsEmail, "AWSEmail"
);

impl AwsDate {
    /// The day that was given as `argument`.
    ///
    /// # Errors
    /// [`Error::BadRequest`] when there is no such day between the years 1 and 9999.
    pub(crate) fn day(self, argument: &str) -> Result<String, Error> {
        let is_day = self.0.len() == "2026-03-01".len() && format!("{}T00:00:00Z", self.0).parse::<Timestamp>().is_ok();
        if is_day {
            Ok(self.0)
        } else {
            Err(Error::BadRequest(format!("`{argument}` must be a day such as 2026-03-01.")))
        }
    }
}

/// A moment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AwsDateTime(pub(crate) Timestamp);

/// A moment in RFC 3339, for example `2026-03-01T09:30:00.000Z`.
#[Scalar(name = "AWSDateTime")]
impl ScalarType for AwsDateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) => text.parse().map(Self).map_err(InputValueError::custom),
            other => Err(InputValueError::expected_type(other)),
        }
    }

    fn is_valid(value: &Value) -> bool {
        matches!(value, Value::String(text) if text.parse::<Timestamp>().is_ok())
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

impl From<Timestamp> for AwsDateTime {
    fn from(time: Timestamp) -> Self {
        Self(time)
    }
}
