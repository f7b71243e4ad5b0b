//! JSON bodies, held to their schema: each field that is unknown, missing or of a wrong type is named, all at once.
//! poem-openapi's own payload stops at the first, does not name it, and takes a number where a text is due, so that
//! `0.1` sent as a number would have been rounded on its way to an exact amount.

use std::marker::PhantomData;

use poem::{FromRequest, Request, RequestBody};
use poem_openapi::error::ContentTypeError;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchema, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

use super::problem::Refused;
use crate::kernel::Refusal;
use crate::kernel::refusal::FieldFault;

/// A JSON body.
pub struct Json<T>(pub T);

type OpenApiJson<T> = poem_openapi::payload::Json<T>;

impl<T: Type> Payload for Json<T> {
    const CONTENT_TYPE: &'static str = OpenApiJson::<T>::CONTENT_TYPE;

    fn check_content_type(content_type: &str) -> bool {
        OpenApiJson::<T>::check_content_type(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON> ParsePayload for Json<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Refused(Refusal::malformed(format!("The body is not JSON: {error}."))))?;
        let faults = faults_of::<T>(&value);
        if !faults.is_empty() {
            let mut refusal =
                Refusal::malformed("The body does not fit: every field that is wrong is named.");
            refusal.fields = faults;
            return Err(Refused(refusal).into());
        }
        let parsed = T::parse_from_json(Some(value))
            .map_err(|error| Refused(Refusal::malformed(error.into_message())))?;
        Ok(Self(parsed))
    }
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for Json<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        let content = vec![MetaMediaType { content_type: Self::CONTENT_TYPE, schema: T::schema_ref() }];
        Some(MetaRequest { description: None, content, required: true })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        must_be_json::<T>(request)?;
        <Self as ParsePayload>::from_request(request, body).await
    }
}

/// A JSON body of a type's schema, kept as it was sent: for a reader to whom the order of fields and every digit of a
/// number matter.
pub struct JsonText<T> {
    /// The text.
    pub text: String,
    schema: PhantomData<fn() -> T>,
}

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for JsonText<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Json::<T>::request_meta()
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        must_be_json::<T>(request)?;
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        let text = String::from_utf8(bytes)
            .map_err(|error| Refused(Refusal::malformed(format!("The body is not JSON: {error}."))))?;
        Ok(Self { text, schema: PhantomData })
    }
}

fn must_be_json<T: Type>(request: &Request) -> poem::Result<()> {
    match request.content_type() {
        Some(media) if Json::<T>::check_content_type(media) => Ok(()),
        Some(media) => Err(ContentTypeError::NotSupported { content_type: media.to_owned() }.into()),
        None => Err(ContentTypeError::ExpectContentType.into()),
    }
}

/// A JSON body that may be left out.
pub struct MaybeJson<T>(pub Option<T>);

impl<'a, T: ParseFromJSON> ApiExtractor<'a> for MaybeJson<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Json::<T>::request_meta().map(|meta| MetaRequest { required: false, ..meta })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        if request.content_type().is_none() {
            return Ok(Self(None));
        }
        let Json(value) = <Json<T> as ApiExtractor<'a>>::from_request(request, body, options).await?;
        Ok(Self(Some(value)))
    }
}

/// Everything in a value that does not fit the type's schema.
fn faults_of<T: Type>(value: &Value) -> Vec<FieldFault> {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut faults = Vec::new();
    against(&registry, &T::schema_ref(), value, "", &mut faults);
    faults
}

fn against(
    registry: &Registry,
    schema: &MetaSchemaRef,
    value: &Value,
    at: &str,
    faults: &mut Vec<FieldFault>,
) {
    let schema: &MetaSchema = match schema {
        MetaSchemaRef::Inline(schema) => schema,
        MetaSchemaRef::Reference(name) => match registry.schemas.get(name) {
            Some(schema) => schema,
            None => return,
        },
    };
    for part in &schema.all_of {
        against(registry, part, value, at, faults);
    }
    let fits = match schema.ty {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    if !fits {
        let due = match schema.ty {
            "string" => "a text in quotes",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "true or false",
            "array" => "a list",
            _ => "an object",
        };
        return faults.push(fault(at, "wrong_type", format!("Send {due}; this is {}.", kind(value))));
    }
    if let (Some(item), Value::Array(values)) = (&schema.items, value) {
        for (number, value) in values.iter().enumerate() {
            against(registry, item, value, &below(at, &number.to_string()), faults);
        }
    }
    if let (false, Value::Object(fields)) = (schema.properties.is_empty(), value) {
        for (name, property) in &schema.properties {
            let required = schema.required.contains(name);
            match fields.get(*name) {
                None | Some(Value::Null) if !required => {}
                None => faults.push(fault(&below(at, name), "missing", "This field is missing.".to_owned())),
                Some(value) => against(registry, property, value, &below(at, name), faults),
            }
        }
        for name in fields.keys() {
            if !schema.properties.iter().any(|(known, _)| known == name) {
                let known: Vec<_> = schema.properties.iter().map(|(name, _)| *name).collect();
                let message = format!("There is no such field here. There are: {}.", known.join(", "));
                faults.push(fault(&below(at, name), "unknown_field", message));
            }
        }
    }
}

fn below(at: &str, name: &str) -> String {
    if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") }
}

fn fault(at: &str, code: &str, message: String) -> FieldFault {
    FieldFault { field: at.to_owned(), code: code.to_owned(), message }
}

const fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}
