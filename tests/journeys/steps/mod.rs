//! Steps that several stories share, so that a story reads as one.

pub mod people;
