//! Reads the wire types in the browser, by its own `JSON.parse`. The decoders of `serde` would be a third of the program
//! that a page loads. The macro [`wire`] makes a type and its reader from one definition, so that they cannot differ.

/// Defines a type of the wire: for the server with `serde`, for the browser with [`FromJs`].
///
/// A member and a variant are read by their names; [`serde`'s external tags](https://serde.rs/enum-representations.html)
/// name the variant. Case and underscores do not count, so that `rename_all = "snake_case"` makes no difference.
macro_rules! wire {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$doc:meta])* pub $member:ident: $type:ty,)* }) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[cfg_attr(feature = "ssr", derive(serde::Serialize, serde::Deserialize))]
        $(#[$meta])*
        pub struct $name { $($(#[$doc])* pub $member: $type,)* }

        #[cfg(not(feature = "ssr"))]
        impl $crate::wire::decode::FromJs for $name {
            fn from_js(value: &wasm_bindgen::JsValue) -> Option<Self> {
                Some(Self { $($member: $crate::wire::decode::member(value, stringify!($member))?,)* })
            }
        }
    };
    ($(#[$meta:meta])* pub enum $name:ident {
        $($(#[$doc:meta])* $variant:ident $(($inner:ty))? $({ $($(#[$inside:meta])* $member:ident: $type:ty,)* })?,)*
    }) => {
        #[derive(Debug, Clone, PartialEq, Eq)]
        #[cfg_attr(feature = "ssr", derive(serde::Serialize, serde::Deserialize))]
        $(#[$meta])*
        pub enum $name {
            $($(#[$doc])* $variant $(($inner))? $({ $($(#[$inside])* $member: $type,)* })?,)*
        }

        #[cfg(not(feature = "ssr"))]
        impl $crate::wire::decode::FromJs for $name {
            fn from_js(value: &wasm_bindgen::JsValue) -> Option<Self> {
                let (tag, content) = $crate::wire::decode::tagged(value)?;
                let _ = &content;
                $(if $crate::wire::decode::names(&tag, stringify!($variant)) {
                    return $crate::wire::decode::wire!(@read content $variant $(($inner))? $({ $($member)* })?);
                })*
                None
            }
        }
    };
    (@read $content:ident $variant:ident) => { Some(Self::$variant) };
    (@read $content:ident $variant:ident ($inner:ty)) => {
        Some(Self::$variant($crate::wire::decode::FromJs::from_js(&$content)?))
    };
    (@read $content:ident $variant:ident { $($member:ident)* }) => {
        Some(Self::$variant { $($member: $crate::wire::decode::member(&$content, stringify!($member))?,)* })
    };
}

pub(crate) use wire;

#[cfg(not(feature = "ssr"))]
pub(crate) use browser::*;

#[cfg(not(feature = "ssr"))]
mod browser {
    use js_sys::{Array, JSON, Object, Reflect};
    use wasm_bindgen::{JsCast, JsValue};

    /// A value that can be read from what `JSON.parse` returned.
    pub trait FromJs: Sized {
        /// Reads the value; `None` if it has another form.
        fn from_js(value: &JsValue) -> Option<Self>;
    }

    /// Reads JSON; `None` if it is not JSON or has another form.
    pub(crate) fn parse<T: FromJs>(json: &str) -> Option<T> {
        T::from_js(&JSON::parse(json).ok()?)
    }

    /// Reads a member of an object. A missing one is read like `null`.
    pub(crate) fn member<T: FromJs>(object: &JsValue, name: &str) -> Option<T> {
        T::from_js(&Reflect::get(object, &name.into()).ok()?)
    }

    /// Returns the variant's name and content: a text alone, or an object with one member.
    pub(crate) fn tagged(value: &JsValue) -> Option<(String, JsValue)> {
        if let Some(tag) = value.as_string() {
            return Some((tag, JsValue::NULL));
        }
        let tag = Object::keys(value.dyn_ref::<Object>()?).get(0);
        Some((tag.as_string()?, Reflect::get(value, &tag).ok()?))
    }

    /// Decides whether a tag names the variant, apart from case and underscores.
    pub(crate) fn names(tag: &str, variant: &str) -> bool {
        let letters = tag.bytes().filter(|byte| *byte != b'_').map(|byte| byte.to_ascii_lowercase());
        letters.eq(variant.bytes().map(|byte| byte.to_ascii_lowercase()))
    }

    impl FromJs for () {
        fn from_js(_: &JsValue) -> Option<Self> {
            Some(())
        }
    }

    impl FromJs for String {
        fn from_js(value: &JsValue) -> Option<Self> {
            value.as_string()
        }
    }

    impl FromJs for bool {
        fn from_js(value: &JsValue) -> Option<Self> {
            value.as_bool()
        }
    }

    impl<T: FromJs> FromJs for Option<T> {
        fn from_js(value: &JsValue) -> Option<Self> {
            if value.is_null() || value.is_undefined() { Some(None) } else { T::from_js(value).map(Some) }
        }
    }

    impl<T: FromJs> FromJs for Vec<T> {
        fn from_js(value: &JsValue) -> Option<Self> {
            value.dyn_ref::<Array>()?.iter().map(|item| T::from_js(&item)).collect()
        }
    }

    /// Numbers on the wire are counts and times, far below the 2^53 to which a browser's numbers are exact.
    macro_rules! number {
        ($($type:ty)*) => { $(impl FromJs for $type {
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts and times fit")]
            fn from_js(value: &JsValue) -> Option<Self> {
                value.as_f64().map(|number| number as $type)
            }
        })* };
    }
    number!(u32 u64 i64);
}
