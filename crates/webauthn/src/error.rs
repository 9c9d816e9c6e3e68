//! The reasons for which a response is refused.

/// The first defect of a response. The texts go to the log, not to the person: they say which check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// `clientDataJSON` is not JSON with the members that section 5.8.1 requires.
    #[error("the client data cannot be read")]
    ClientData,
    /// The response belongs to the other ceremony.
    #[error("the client data is of another ceremony")]
    Ceremony,
    /// The response answers another challenge.
    #[error("the response answers another challenge")]
    Challenge,
    /// A page of another origin called the authenticator.
    #[error("the response comes from another origin")]
    Origin,
    /// A page embedded in another origin's page called the authenticator.
    #[error("the response comes from a page inside another origin's page")]
    CrossOrigin,
    /// `authenticatorData` or the attestation object is malformed.
    #[error("the authenticator data cannot be read")]
    AuthenticatorData,
    /// The credential belongs to another relying party.
    #[error("the response is for another relying party")]
    RelyingParty,
    /// Nobody touched the authenticator.
    #[error("the user was not present")]
    UserPresence,
    /// The authenticator did not verify the user by PIN or biometrics.
    #[error("the user was not verified")]
    UserVerification,
    /// The flags claim a backup of a credential that cannot have one (section 7.2 step 19).
    #[error("the backup flags contradict each other")]
    BackupFlags,
    /// The public key is malformed, or not of an algorithm that was offered.
    #[error("the public key is of no supported kind")]
    Key,
    /// The signature is forged.
    #[error("the signature is forged")]
    Signature,
}
