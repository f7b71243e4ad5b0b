//! Councils in a procurement through the API.

use poem_openapi::OpenApi;

/// The operations on them.
pub struct Operations;

#[OpenApi]
impl Operations {}
