//! Certificate authorities to trust beside the system's own: a company's, that signed its server's certificate.

use reqwest::{Certificate, Client, tls::Version};

/// Authorities out of a file. They come on top of the system's.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<Certificate>);

impl Authorities {
    /// The authorities in a file of PEM blocks; none if there is no certificate in it that could be one. Others beside
    /// those are passed over, as OpenSSL does: the bundles of systems hold odd ones.
    #[must_use]
    pub fn from_pem(text: &[u8]) -> Option<Self> {
        let mut certificates = Certificate::from_pem_bundle(text).ok()?;
        if !are_usable(&certificates) {
            certificates.retain(|certificate| are_usable(std::slice::from_ref(certificate)));
        }
        (!certificates.is_empty()).then_some(Self(certificates))
    }

    pub(crate) fn into_certificates(self) -> Vec<Certificate> {
        self.0
    }
}

/// Whether a client takes them: what a certificate is worth, reqwest only finds out as it makes one.
fn are_usable(certificates: &[Certificate]) -> bool {
    let builder = Client::builder().no_proxy().tls_version_min(Version::TLS_1_2);
    builder.tls_certs_only(certificates.iter().cloned()).build().is_ok()
}
