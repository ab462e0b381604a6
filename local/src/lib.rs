//! The whole system on one machine: embedded S3, DynamoDB and Cognito, and the Lambda handlers behind a gateway.

mod accounts;
mod aws_door;
pub mod backups;
pub mod cognito;
mod data_folder;
pub mod demo;
pub mod doctor;
mod dynamodb;
mod events;
mod export;
mod gateway;
mod hosts;
mod maintenance;
pub mod s3;
mod server;
mod sigv4;
mod site;
mod system;

pub use accounts::{FirstPasswords, NewAccount};
pub use backups::BackupTo;
pub use data_folder::{DataFolderError, Secrets};
pub use export::Exported;
pub use maintenance::{
    check_exists, check_integrity, credentials, erase_person, export, last_integrity, redrive, reprocess, with_library,
};
pub use system::{Options, REGION, System};
