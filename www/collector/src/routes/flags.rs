//! Feature flags and early access features, as SDKs ask for them.

use axum::http::StatusCode;
use serde_json::Value;
use thiserror::Error;

use crate::flags::early_access as features;
use crate::flags::evaluation::{self, Known, NoDistinctId, Question};
use crate::flags::groups::GroupTable;
use crate::head::{Head, ParametersError};
use crate::payload::PayloadError;
use crate::persons::PersonTable;
use crate::routes::exchange::Outcome;
use crate::routes::reply::Reply;
use crate::rows::EventFilter;
use crate::store::{Store, StoreError};
use crate::token::{self, TokenError};

/// Why a request is refused.
#[derive(Debug, Error)]
enum Refusal {
    #[error(transparent)]
    Parameters(#[from] ParametersError),
    #[error(transparent)]
    Payload(#[from] PayloadError),
    #[error("the body is not acceptable JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("{path}: {source}")]
    Field {
        path: String,
        source: serde_json::Error,
    },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error(transparent)]
    NoDistinctId(#[from] NoDistinctId),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Refusal {
    fn status(&self) -> StatusCode {
        match self {
            Self::Payload(error) => error.status(),
            Self::Token(_) => StatusCode::UNAUTHORIZED,
            Self::Store(_) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// Answers `/flags/` in the second version of its format.
pub fn answer(store: &Store, head: &Head, body: &[u8]) -> Outcome {
    settled(|outcome| evaluate(store, head, body, outcome))
}

/// Answers `/api/early_access_features/`: the features of the stages that the query names, or those in beta.
pub fn early_access(store: &Store, head: &Head) -> Outcome {
    settled(|outcome| {
        let token = token::agree(head.query("token").next().as_deref())?.to_owned();
        let stages: Vec<String> = head.query("stage").collect();
        let answer = features::list(&store.flags(Some(&token))?, &stages);
        outcome.token = Some(token);
        Ok(answer)
    })
}

/// Notes in the outcome what is learnt on the way, so that it is recorded even of a request that is then refused.
fn settled(answer: impl FnOnce(&mut Outcome) -> Result<Value, Refusal>) -> Outcome {
    let mut outcome = Outcome::default();
    match answer(&mut outcome) {
        Ok(answer) => outcome.reply = Some(Reply::json(answer.to_string())),
        Err(refusal) => outcome.refuse(refusal.status(), refusal.to_string()),
    }
    outcome
}

fn evaluate(
    store: &Store,
    head: &Head,
    body: &[u8],
    outcome: &mut Outcome,
) -> Result<Value, Refusal> {
    let text = outcome.unpack(head, &head.parameters()?, body)?;
    let request: Value = serde_json::from_str(&text)?;
    let claims = ["token", "api_key"]
        .iter()
        .filter_map(|&name| request[name].as_str());
    let token = token::agree(claims)?.to_owned();
    outcome.token = Some(token.clone());
    let mut question: Question =
        serde_path_to_error::deserialize(&request).map_err(|error| Refusal::Field {
            path: error.path().to_string(),
            source: error.into_inner(),
        })?;
    question.only_surveys = head
        .query("only_evaluate_survey_feature_flags")
        .any(|value| matches!(&*value, "true" | "1"));
    let known = known(store, &token, &question)?;
    Ok(evaluation::answer(&question, known, head.received_at)?)
}

fn known(store: &Store, token: &str, question: &Question) -> Result<Known, StoreError> {
    let flags = store.flags(Some(token))?;
    let distinct_id = question.distinct_id();
    let (Some(distinct_id), false) = (distinct_id, flags.is_empty()) else {
        return Ok(Known::default());
    };
    let mut persons = PersonTable::default();
    let mut groups = GroupTable::default();
    for event in store.events(&EventFilter {
        token: Some(token.to_owned()),
        ..EventFilter::default()
    })? {
        persons.apply(&event);
        groups.apply(&event);
    }
    let mut persons = persons.into_persons().into_iter();
    let person = persons.find(|person| person.distinct_ids.contains(&distinct_id));
    Ok(Known {
        flags,
        person_properties: person.map(|person| person.properties).unwrap_or_default(),
        groups,
        hash_id: store.hash_id(token, &distinct_id, question.anonymous_id.as_deref())?,
    })
}
