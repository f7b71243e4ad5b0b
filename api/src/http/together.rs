//! Puts the operations of a room's nouns together, each noun with a file of its own.

/// Declares `Operations` as all operations of the given structs: `operations!(procurements::Operations, …)`. A tuple
/// would be a type without a value of the same name, and the server names its rooms by value; and it holds sixteen at most.
macro_rules! operations {
    ($($part:path),+ $(,)?) => {
        /// The operations of this stage.
        pub struct Operations;

        impl ::poem_openapi::OpenApi for Operations {
            fn meta() -> Vec<::poem_openapi::registry::MetaApi> {
                let mut all = Vec::new();
                $(all.extend(<$part as ::poem_openapi::OpenApi>::meta());)+
                all
            }

            fn register(registry: &mut ::poem_openapi::registry::Registry) {
                $(<$part as ::poem_openapi::OpenApi>::register(registry);)+
            }

            fn add_routes(
                self,
                routes: &mut ::std::collections::HashMap<
                    String,
                    ::std::collections::HashMap<::poem::http::Method, ::poem::endpoint::BoxEndpoint<'static>>,
                >,
            ) {
                $(::poem_openapi::OpenApi::add_routes($part, routes);)+
            }
        }
    };
}
pub(crate) use operations;
