//! Lots, criteria, method, documents and publication through the API.

use poem_openapi::OpenApi;

/// The operations of this stage.
pub struct Operations;

#[OpenApi]
impl Operations {}
