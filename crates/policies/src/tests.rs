mod examples;
mod support;
