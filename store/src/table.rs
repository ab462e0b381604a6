//! The shape of the table, for whoever makes one.

use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType, TimeToLiveSpecification,
};
use model::Error;

use crate::{
    Store,
    error::{from_sdk, service_code},
    keys::{GSI1, GSI2, Index, PK, SK, TTL},
};

impl Store {
    /// Makes the table where there is none; on AWS the template of the stack does this.
    pub async fn create_table_if_missing(&self) -> Result<(), Error> {
        let mut create = self
            .dynamodb
            .create_table()
            .table_name(&self.settings.table)
            .billing_mode(BillingMode::PayPerRequest)
            .set_key_schema(Some(key_schema(PK, SK)))
            .global_secondary_indexes(index(GSI1))
            .global_secondary_indexes(index(GSI2));
        for name in [PK, SK, GSI1.pk, GSI1.sk, GSI2.pk, GSI2.sk] {
            create = create.attribute_definitions(
                AttributeDefinition::builder()
                    .attribute_name(name)
                    .attribute_type(ScalarAttributeType::S)
                    .build()
                    .expect("name and type are set"),
            );
        }
        match create.send().await {
            Ok(_) => self.expire_items().await,
            Err(error) if service_code(&error) == Some("ResourceInUseException") => Ok(()),
            Err(error) => Err(from_sdk(error)),
        }
    }

    async fn expire_items(&self) -> Result<(), Error> {
        let specification = TimeToLiveSpecification::builder().attribute_name(TTL).enabled(true);
        self.dynamodb
            .update_time_to_live()
            .table_name(&self.settings.table)
            .time_to_live_specification(specification.build().expect("name and switch are set"))
            .send()
            .await
            .map_err(from_sdk)?;
        Ok(())
    }
}

fn index(index: Index) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(index.name)
        .set_key_schema(Some(key_schema(index.pk, index.sk)))
        .projection(Projection::builder().projection_type(ProjectionType::All).build())
        .build()
        .expect("name, keys and projection are set")
}

fn key_schema(pk: &str, sk: &str) -> Vec<KeySchemaElement> {
    [(pk, KeyType::Hash), (sk, KeyType::Range)]
        .into_iter()
        .map(|(name, role)| {
            KeySchemaElement::builder().attribute_name(name).key_type(role).build().expect("name and role are set")
        })
        .collect()
}
