//! A whole history at once: as many requests as it takes, and none more.

use crate::support::{Home, Server};
use std::fmt::Write as _;

const RELEASES: usize = 250;

#[test]
fn hundreds_of_releases_take_one_request_each_and_then_a_page_a_hundred() {
    let (mut seed, mut manifest) = (String::new(), "[[milestones]]\ntitle = \"m\"\nstate = \"closed\"\n".to_owned());
    for i in 0..RELEASES {
        writeln!(seed, "[[projects.tags]]\nname = \"v{i}\"\ntarget = \"{i:040}\"").unwrap();
        writeln!(
            manifest,
            "[[releases]]\ntag_name = \"v{i}\"\nreleased_at = 2020-01-01T00:00:00Z\nmilestones = [\"m\"]\n\
             description = \"Notes of {i}\"\nlinks = [{{ name = \"a\", url = \"https://example.com/{i}\" }}]"
        )
        .unwrap();
    }
    let server = Server::with(&seed);
    let home = Home::with_server(&server, "sandbox-maintainer");
    home.manifest(&manifest);
    home.run(&["apply", "--yes"]).expect(0);
    insta::assert_snapshot!("created", server.requests().join("\n"));
    home.run(&["plan", "--detailed-exitcode"]).expect(0);
    insta::assert_snapshot!("unchanged", server.requests().join("\n"));
}
