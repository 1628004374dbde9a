//! `sagebrush serve`.

mod scenario;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::ready::ReadyFile;
use super::{Error, SettingsFlags, log, parent, say, settings_help, signal};
use crate::clock::Mode;
use crate::config::Settings;
use crate::domain::world::WorldId;
use crate::server::Server;
use crate::telemetry::trace::Traces;
use scenario::Told;

/// What `serve` takes.
#[derive(Debug, Args)]
#[command(after_help = settings_help())]
pub(super) struct Arguments {
    #[command(flatten)]
    settings: SettingsFlags,
    /// Write {"url","pid"} as one line of JSON here once it serves; the file is removed at the end
    #[arg(long, value_name = "PATH")]
    ready_file: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Begin with the world that this TOML, YAML or JSON file tells of: models, endpoints, alarms, traffic, faults. \
                Its account and region are those of AWS_ACCESS_KEY_ID (12 digits) and AWS_REGION"
    )]
    scenario: Option<PathBuf>,
    /// End when the process that started this one has ended
    #[arg(long)]
    exit_with_parent: bool,
}

/// Serves until it is told to end. Whatever comes of it, its last spans are sent.
pub(super) async fn run(arguments: Arguments) -> Result<ExitCode, Error> {
    let parent_gone = parent::gone(arguments.exit_with_parent);
    let end_asked_for = signal::end_asked_for()?;
    let settings = arguments.settings.load()?;
    let traces = settings.otel_endpoint.as_deref().map(Traces::to).transpose();
    let traces = traces.map_err(|why| Error::Other(format!("cannot send spans: {why}")))?;
    log(&settings, traces.as_ref());
    let end = async {
        tokio::select! {
            () = end_asked_for => {},
            () = parent_gone => {},
        }
    };
    let outcome = serve(&settings, arguments.ready_file, arguments.scenario, end).await;
    if let Some(traces) = traces {
        traces.end().await;
    }
    outcome
}

async fn serve(
    settings: &Settings,
    ready_file: Option<PathBuf>,
    scenario: Option<PathBuf>,
    end: impl Future<Output = ()>,
) -> Result<ExitCode, Error> {
    if let Some(path) = &ready_file {
        ReadyFile::clear(path);
    }
    let told = scenario.map(Told::read).transpose()?;
    let mut server = Server::start(settings).await?;
    if let Some(told) = told
        && let Err(error) = told.play(&server, settings).await
    {
        server.stop().await;
        return Err(error);
    }
    let url = server.url();
    say(&greeting(&url, server.address(), settings));
    let outcome = match ready_file.map(|path| ReadyFile::write(path, &url)).transpose() {
        Err(error) => Err(error),
        // The file is removed before the server begins to end.
        Ok(_ready) => tokio::select! {
            () = end => Ok(ExitCode::SUCCESS),
            error = server.failed() => Err(Error::Other(format!("the server failed: {error}"))),
        },
    };
    server.stop().await;
    outcome
}

/// What a user has to know to begin.
fn greeting(url: &str, address: SocketAddr, settings: &Settings) -> String {
    let kept = match &settings.database_url {
        None => {
            "in memory: nothing will be kept after the end (--database-url sqlite:PATH keeps it)".to_owned()
        }
        Some(_) if Server::forgets(settings) => "in memory: nothing will be kept after the end".to_owned(),
        Some(url) if url.starts_with("postgres") => "in PostgreSQL".to_owned(),
        Some(url) => format!("in {url}"),
    };
    let clock = match settings.clock {
        Mode::Real => "real".to_owned(),
        Mode::Manual => format!("manual: time passes by POST {url}/_sagebrush/clock/advance alone"),
        Mode::Scaled { rate_milli } => format!("{}x real time", rate_milli as f64 / 1000.0),
    };
    let warning = if settings.trust_network { exposed(address, settings) } else { String::new() };
    let (version, account) = (env!("CARGO_PKG_VERSION"), WorldId::DEFAULT_ACCOUNT);
    format!(
        "sagebrush {version} serves on {url}\n  \
         kept   {kept}\n  \
         clock  {clock}\n  \
         see it {url}/console\n{warning}\n\
         The AWS CLI:\n  \
         export AWS_ACCESS_KEY_ID={account} AWS_SECRET_ACCESS_KEY=secret AWS_DEFAULT_REGION=us-east-1\n  \
         aws --endpoint-url {url} sagemaker list-endpoints\n\
         boto3, with the same environment:\n  \
         boto3.client(\"sagemaker\", endpoint_url=\"{url}\")\n\
         Both find it by themselves with AWS_ENDPOINT_URL={url}. A key id of 12 digits is the account;\n\
         any secret will do.\n\n\
         Ctrl-C ends it.\n"
    )
}

/// What nobody shall miss who has opened the server to a network.
fn exposed(address: SocketAddr, settings: &Settings) -> String {
    let control = match settings.control_token {
        Some(_) => "the control API wants the token of SAGEBRUSH_CONTROL_TOKEN",
        None => "the control API is closed until SAGEBRUSH_CONTROL_TOKEN is set",
    };
    format!(
        "\n  !!!!!!  OPEN TO THE NETWORK (--trust-network): whoever reaches {address} can use the AWS API with any\n  \
         !!!!!!  credentials; {control}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::door::Token;

    #[test]
    fn a_server_that_is_open_to_the_network_says_so_loudly_and_keeps_its_token_to_itself() {
        let address = "0.0.0.0:7243".parse().unwrap();
        let told = |settings: &Settings| greeting("http://127.0.0.1:7243", address, settings);
        let open = Settings { trust_network: true, ..Settings::default() };
        assert!(told(&open).contains("OPEN TO THE NETWORK (--trust-network): whoever reaches 0.0.0.0:7243"));
        assert!(told(&open).contains("closed until SAGEBRUSH_CONTROL_TOKEN is set"));
        let with_token = Settings { control_token: Token::new("s3cret"), ..open };
        assert!(told(&with_token).contains("wants the token of SAGEBRUSH_CONTROL_TOKEN"));
        assert!(!told(&with_token).contains("s3cret"));
        assert!(!told(&Settings::default()).contains("NETWORK"));
    }

    #[test]
    fn the_greeting_says_where_everything_is_kept_or_that_nothing_is() {
        let kept = |url: Option<&str>| {
            let settings = Settings { database_url: url.map(str::to_owned), ..Settings::default() };
            let greeting = greeting("http://127.0.0.1:7243", "127.0.0.1:7243".parse().unwrap(), &settings);
            greeting.lines().nth(1).and_then(|line| line.strip_prefix("  kept   ")).unwrap().to_owned()
        };
        for url in [None, Some("sqlite::memory:"), Some("sqlite://:memory:")] {
            assert!(kept(url).starts_with("in memory: nothing will be kept after the end"), "{url:?}");
        }
        assert_eq!(kept(Some("sqlite:kept.db")), "in sqlite:kept.db");
        assert_eq!(kept(Some("postgres://u:s3cret@h/d")), "in PostgreSQL");
    }
}
