//! Connects the gateway's interceptors to the port of the doors.

use async_trait::async_trait;
use axum::http::StatusCode;
use edge::doors::{Answered, Before, Intercepted, InterceptorFailed, Interceptors};
use gateway::interceptors::{self as engine, InterceptorError};
use serde_json::Value;

/// The interceptors of the file of targets.
#[derive(Debug)]
pub(super) struct GatewayInterceptors(pub(super) engine::Interceptors);

#[async_trait]
impl Interceptors for GatewayInterceptors {
    async fn before(&self, request: &Intercepted) -> Result<Before, InterceptorFailed> {
        match self.0.before(&shown(request)).await.map_err(failed)? {
            engine::Before::Continue(body) => Ok(Before::Continue(body)),
            engine::Before::Answer(status, body) => {
                let status = StatusCode::from_u16(status).map_err(|error| InterceptorFailed(error.to_string()))?;
                Ok(Before::Answer(status, body))
            }
        }
    }

    async fn after(&self, request: &Intercepted, answered: Answered) -> Result<Value, InterceptorFailed> {
        let Answered { status, is_streaming, body } = answered;
        let answered = engine::Answered { status: status.as_u16(), is_streaming, body };
        self.0.after(&shown(request), answered).await.map_err(failed)
    }
}

fn shown(request: &Intercepted) -> engine::Request<'_> {
    let Intercepted { path, headers, raw, body } = request;
    engine::Request { path, headers, raw, body }
}

fn failed(error: InterceptorError) -> InterceptorFailed {
    InterceptorFailed(error.to_string())
}
