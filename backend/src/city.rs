//! Starting and stopping a city.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use std::time::Duration;

use axum_server::Handle;
use hyper_util::rt::TokioTimer;
use tokio::runtime::Runtime;
use tokio::sync::{Notify, Semaphore};

use crate::admin::{self, AdminError, NewAccount};
use crate::app::App;
use crate::blobs::{BlobError, Blobs};
use crate::child::{Child, ChildError};
use crate::clock::Clock;
use crate::config::{CityConfig, DepartmentsSource};
use crate::departments::Departments;
use crate::handshake::Handshake;
use crate::items::Items;
use crate::keys::{Keys, KeysError};
use crate::metrics::Metrics;
use crate::mtls::{ClientAuthority, Mtls, MtlsError};
use crate::notify::{Channel, FileOutbox};
use crate::publish::{Press, PublishError, read_folder};
use crate::store::{Store, StoreError};
use crate::tls::{Certificate, TlsError};
use crate::web::guess::Guesses;
use crate::web::rate::Rates;
use crate::{chain, fonts, notify, supervise, watch, web, worker};

/// How long requests that run may take after a stop was asked for.
const GRACE: Duration = Duration::from_secs(10);
/// Most bytes of the head of a request.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// Why a city does not start.
#[derive(Debug, thiserror::Error)]
pub enum CityError {
    /// The keys folder.
    #[error("opening the city's keys")]
    Keys(#[from] KeysError),
    /// The database.
    #[error("opening the city's database")]
    Store(#[from] StoreError),
    /// The folder or bucket of blobs.
    #[error("opening the city's object store")]
    Blobs(#[from] BlobError),
    /// The catalogue.
    #[error("publishing the catalogue")]
    Publish(#[from] PublishError),
    /// The certificate.
    #[error("preparing TLS")]
    Tls(#[from] TlsError),
    /// Client certificates.
    #[error("preparing client certificates")]
    Mtls(#[from] MtlsError),
    /// The departments' process.
    #[error("starting the departments' data service")]
    Departments(#[from] ChildError),
    /// The HTTP client of the departments.
    #[error("preparing the departments' client")]
    Client(#[source] reqwest::Error),
    /// The fonts of documents.
    #[error("loading the fonts of result documents")]
    Fonts(#[from] kiosk_paper::FontError),
    /// The address or the runtime.
    #[error("{operation}")]
    System {
        /// What was done.
        operation: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A city that can be started.
#[derive(Debug)]
pub struct City;

/// A city that serves. Dropping it stops it at once; [`RunningCity::shutdown`] lets running requests end.
#[derive(Debug)]
pub struct RunningCity {
    url: String,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
    ca_pem: Option<String>,
    app: Arc<App>,
    clock: Clock,
    departments: Option<String>,
    handle: Handle<SocketAddr>,
    runtime: Option<Runtime>,
    _child: Option<Child>,
}

impl City {
    /// Starts a city on threads of its own and returns when it serves.
    ///
    /// Blocks for a moment: not to be called on a thread of an async runtime.
    ///
    /// # Errors
    /// [`CityError`] names what is missing.
    pub fn start(config: CityConfig) -> Result<RunningCity, CityError> {
        // Another part of the process may have chosen the provider already; there is one for all.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let (listener, address) = listen(config.listen)?;
        let figures = config.metrics.map(listen).transpose()?;
        let certificate = config.tls.certificate(&config.keys)?;
        let scheme = if certificate.is_some() {
            "https"
        } else {
            "http"
        };
        let url = format!("{scheme}://{address}");
        let (child, departments) = departments(&config.departments)?;
        let runtime = runtime()?;
        let app = runtime.block_on(open(
            &config,
            &url,
            certificate.as_ref(),
            departments.clone(),
        ))?;
        let handle = Handle::new();
        let _entered = runtime.enter();
        serve(&runtime, listener, certificate, &handle, Arc::clone(&app))?;
        let mut metrics = None;
        if let Some((listener, address)) = figures {
            metrics = Some(address);
            let server = axum_server::from_tcp(listener).map_err(system("serving figures"))?;
            let mut server = server.http1_only().handle(handle.clone());
            limit(server.http_builder(), app.limits.head);
            let service = crate::metrics::router(Arc::clone(&app)).into_make_service();
            runtime.spawn(server.serve(service));
        }
        runtime.spawn(worker::run(Arc::clone(&app)));
        runtime.spawn(notify::run(Arc::clone(&app)));
        runtime.spawn(supervise::run(Arc::clone(&app)));
        runtime.spawn(chain::run(Arc::clone(&app)));
        drop(_entered);
        Ok(RunningCity {
            url,
            address,
            metrics,
            ca_pem: app.ca_pem.clone(),
            app,
            clock: config.clock,
            departments,
            handle,
            runtime: Some(runtime),
            _child: child,
        })
    }
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), CityError> {
    let listener = TcpListener::bind(address).map_err(system(format!("listening on {address}")))?;
    listener
        .set_nonblocking(true)
        .map_err(system("preparing the listening socket"))?;
    let address = listener
        .local_addr()
        .map_err(system("asking for the address listened on"))?;
    Ok((listener, address))
}

fn departments(source: &DepartmentsSource) -> Result<(Option<Child>, Option<String>), CityError> {
    Ok(match source {
        DepartmentsSource::None => (None, None),
        DepartmentsSource::Url(url) => (None, Some(url.clone())),
        DepartmentsSource::Process { program, args } => {
            let child = Child::start(program, args)?;
            let url = child.url().to_owned();
            (Some(child), Some(url))
        }
    })
}

fn runtime() -> Result<Runtime, CityError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("city")
        .enable_all()
        .build()
        .map_err(system("starting the runtime"))
}

/// Everything of a city but its address: opened, published and watched.
pub(crate) async fn open(
    config: &CityConfig,
    url: &str,
    certificate: Option<&Certificate>,
    departments: Option<String>,
) -> Result<Arc<App>, CityError> {
    let keys = Arc::new(Keys::open(&config.keys)?);
    let store = Arc::new(Store::open(&config.database)?);
    write_sample(config)?;
    let mut press = Press::new(&config.catalogue);
    let files = read_folder(&config.catalogue)?;
    let published = press
        .publish(
            files.clone(),
            &keys.public,
            &keys.signing,
            store.as_ref(),
            config.clock.now(),
        )
        .await?;
    let (failed, away) = store.failures();
    let metrics = Metrics::new(store.engine(), failed, away);
    let mtls = client_authority(config, &keys, certificate.is_some())?;
    let app = Arc::new(App {
        store,
        blobs: Blobs::open(&config.blobs)?,
        keys,
        clock: config.clock.clone(),
        departments: Departments::new(departments).map_err(CityError::Client)?,
        channel: config.outbox.as_deref().map(|folder| {
            let outbox: Arc<dyn Channel> = Arc::new(FileOutbox::new(folder));
            outbox
        }),
        fonts: fonts::load()?,
        public_url: config.public_url.clone().unwrap_or_else(|| url.to_owned()),
        mtls,
        ca_pem: certificate.and_then(|certificate| certificate.ca.clone()),
        work: Notify::new(),
        limits: config.limits,
        rates: Rates::new(config.limits),
        proxy: config.proxy.map(|proxy| proxy.to_canonical()),
        draining: AtomicBool::new(false),
        metrics,
        verify_guesses: Guesses::default(),
        staff_guesses: Guesses::default(),
        home_codes: Guesses::default(),
        looks: Arc::new(Semaphore::new(1)),
        forgeries: Guesses::default(),
        items: Items::default(),
        publication: RwLock::new(Arc::new(published)),
    });
    tokio::spawn(watch::run(
        Arc::clone(&app),
        watch::Watch {
            folder: config.catalogue.clone(),
            press,
            known: files,
        },
    ));
    Ok(app)
}

/// The authority of client certificates; none where something in front ends TLS, and what a kiosk shows is not seen.
fn client_authority(
    config: &CityConfig,
    keys: &Keys,
    tls: bool,
) -> Result<Option<ClientAuthority>, MtlsError> {
    let required = config.mtls == Mtls::Required;
    match (config.mtls, tls) {
        (Mtls::Off, _) | (Mtls::Offered, false) => Ok(None),
        (Mtls::Required, false) => Err(MtlsError::NoTls),
        (Mtls::Offered | Mtls::Required, true) => {
            ClientAuthority::new(&keys.master, required, config.certificate_life).map(Some)
        }
    }
}

/// Writes the sample city's base files where they are missing.
fn write_sample(config: &CityConfig) -> Result<(), CityError> {
    #[cfg(feature = "sample-city")]
    crate::publish::write_missing(&config.catalogue, crate::sample_city::FILES)?;
    #[cfg(not(feature = "sample-city"))]
    crate::publish::write_missing(&config.catalogue, &[])?;
    Ok(())
}

fn serve(
    runtime: &Runtime,
    listener: TcpListener,
    certificate: Option<Certificate>,
    handle: &Handle<SocketAddr>,
    app: Arc<App>,
) -> Result<(), CityError> {
    let head = app.limits.head;
    let asking = app.mtls.as_ref().map(ClientAuthority::asking);
    let service = web::router(app).into_make_service_with_connect_info::<SocketAddr>();
    let failed = || system("serving");
    match certificate {
        Some(certificate) => {
            let handshake = Handshake::new(&certificate, asking)?;
            let server = axum_server::from_tcp(listener).map_err(failed())?;
            let mut server = server.acceptor(handshake).http1_only();
            limit(server.http_builder(), head);
            runtime.spawn(server.handle(handle.clone()).serve(service));
        }
        None => {
            let server = axum_server::from_tcp(listener).map_err(failed())?;
            let mut server = server.http1_only();
            limit(server.http_builder(), head);
            runtime.spawn(server.handle(handle.clone()).serve(service));
        }
    }
    Ok(())
}

/// A client that sends its head byte by byte, or nothing at all, must not hold a connection for ever. The server is
/// HTTP/1 only: one that waits to see which version is spoken waits without a limit.
fn limit<E>(builder: &mut hyper_util::server::conn::auto::Builder<E>, patience: Duration) {
    builder
        .http1()
        .timer(TokioTimer::new())
        .max_buf_size(MAX_HEAD_BYTES)
        .header_read_timeout(patience);
}

fn system(operation: impl Into<String>) -> impl FnOnce(std::io::Error) -> CityError {
    let operation = operation.into();
    move |source| CityError::System { operation, source }
}

/// A case as the demo compares it with what its visits filed; no personal data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseOverview {
    /// Id of the packet that opened it.
    pub packet: uuid::Uuid,
    /// Receipt number without hyphens.
    pub receipt: String,
    /// 申报号.
    pub filing_number: String,
    /// 办件编号; None for an irregular case.
    pub case_number: Option<String>,
    /// Handling code; None when unknown.
    pub item: Option<String>,
    /// State.
    pub state: city_api::requests::outcome::CaseState,
}

impl RunningCity {
    /// Base URL, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Address listened on: start again with it to come back at the same place.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Address of its figures; None where none was asked for.
    #[must_use]
    pub fn metrics(&self) -> Option<SocketAddr> {
        self.metrics
    }

    /// The authority of its TLS; None without TLS or with a public one.
    #[must_use]
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Where the departments' data service is; None without one.
    #[must_use]
    pub fn departments_url(&self) -> Option<&str> {
        self.departments.as_deref()
    }

    /// The city's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A one-time enrolment code for a station (15 minutes, one use).
    ///
    /// # Errors
    /// [`AdminError`] for a station that is not in the catalogue, or when the store fails.
    pub fn enrol_code(&self, station: &str) -> Result<String, AdminError> {
        if self.app.published().catalogue.station(station).is_none() {
            return Err(AdminError::UnknownStation(station.to_owned()));
        }
        let app = &self.app;
        self.wait(admin::enrol_code(
            app.store.as_ref(),
            &app.keys.master,
            station,
            app.now(),
        ))
    }

    /// Enters a booking for today at a station, as if it had been made on a day before, and tells its code: nobody
    /// can book for today.
    ///
    /// # Errors
    /// [`AdminError`] for a station that takes no bookings, or when the store fails.
    #[cfg(feature = "sample-city")]
    pub fn expect_today(
        &self,
        station: &str,
        document_number: &str,
        begins: jiff::Timestamp,
    ) -> Result<String, AdminError> {
        let number = city_api::requests::Private::new(document_number.to_owned());
        self.wait(web::expect_today(&self.app, station, &number, begins))
    }

    /// Numbers of the tickets that are in the hall of a station today, by arrival.
    ///
    /// # Errors
    /// [`AdminError`] when the store fails.
    pub fn queue(&self, station: &str) -> Result<Vec<String>, AdminError> {
        let today = crate::clock::civil(self.app.now()).date();
        let hall = self.wait(self.app.store.hall(station.to_owned(), today))?;
        Ok(hall.iter().map(|row| row.number.to_string()).collect())
    }

    /// Revokes the enrolment of a kiosk for the reason `why`, at once.
    ///
    /// # Errors
    /// [`AdminError`] when no kiosk of this id is enrolled, or the store fails.
    pub fn revoke_kiosk(&self, id: &str, why: &str) -> Result<(), AdminError> {
        let now = self.app.now();
        self.wait(admin::revoke_kiosk(self.app.store.as_ref(), id, why, now))
    }

    /// A bearer token for an officer of a body.
    ///
    /// # Errors
    /// [`AdminError`] for a body that is not in the catalogue, or when the store fails.
    pub fn officer_token(
        &self,
        body: &str,
        role: city_api::requests::officer::OfficerRole,
        person: Option<&str>,
    ) -> Result<String, AdminError> {
        if self.app.published().catalogue.department(body).is_none() {
            return Err(AdminError::UnknownBody(body.to_owned()));
        }
        self.wait(admin::officer_token(
            self.app.store.as_ref(),
            body,
            role,
            person,
        ))
    }

    /// Makes an account of somebody who works for the city; its password.
    ///
    /// # Errors
    /// [`AdminError`] for a body that is not in the catalogue, an account that may not be, or when the store fails.
    pub fn add_account(
        &self,
        account: NewAccount,
    ) -> Result<city_api::requests::Private, AdminError> {
        let published = self.app.published();
        if published.catalogue.department(&account.body).is_none() {
            return Err(AdminError::UnknownBody(account.body));
        }
        let (store, now) = (self.app.store.as_ref(), self.app.now());
        let policy = &published.policy.staff;
        self.wait(admin::add_account(store, policy, account, now))
    }

    /// All cases, newest first, at most 10,000.
    ///
    /// # Errors
    /// [`AdminError`] when the store fails.
    pub fn cases(&self) -> Result<Vec<CaseOverview>, AdminError> {
        let rows = self.wait(self.app.store.all_cases(10_000))?;
        Ok(rows
            .into_iter()
            .map(|row| CaseOverview {
                packet: row.id,
                receipt: row.receipt,
                filing_number: row.filing_number,
                case_number: row.case_number,
                item: row.item,
                state: row.state,
            })
            .collect())
    }

    /// The kinds of all alarms so far, newest first, at most 1,000.
    ///
    /// # Errors
    /// [`AdminError`] when the store fails.
    pub fn alarms(&self) -> Result<Vec<String>, AdminError> {
        let alarms = self.wait(self.app.store.alarms(1000))?;
        Ok(alarms
            .into_iter()
            .map(|alarm| alarm.kind.name().to_owned())
            .collect())
    }

    /// Lets the worker look at once.
    pub fn wake(&self) {
        self.app.work.notify_one();
    }

    /// Stops: says that it is not ready, as long as the limits ask for; then no new connections, and running requests
    /// end (10 s at most).
    pub fn shutdown(mut self) {
        self.drain();
        if let Some(runtime) = self.runtime.take() {
            let (handle, drain) = (self.handle.clone(), self.app.limits.drain);
            runtime.block_on(async move {
                if !drain.is_zero() {
                    tokio::time::sleep(drain).await;
                }
                handle.graceful_shutdown(Some(GRACE));
                let ended = async {
                    while handle.connection_count() > 0 {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                };
                let _ = tokio::time::timeout(GRACE, ended).await;
            });
            runtime.shutdown_timeout(Duration::from_secs(1));
        }
    }

    /// Says from now on that it is not ready, and serves on: what a balancer has to see before a node stops.
    pub fn drain(&self) {
        self.app.draining.store(true, Ordering::Relaxed);
    }

    /// Runs until the process is asked to stop (SIGTERM or SIGINT), then stops gracefully.
    ///
    /// # Errors
    /// When signals cannot be received.
    pub fn run_until_signal(self) -> std::io::Result<()> {
        if let Some(runtime) = &self.runtime {
            runtime.block_on(async {
                use tokio::signal::unix::{SignalKind, signal};
                let mut terminate = signal(SignalKind::terminate())?;
                let mut interrupt = signal(SignalKind::interrupt())?;
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                std::io::Result::Ok(())
            })?;
        }
        self.shutdown();
        Ok(())
    }

    fn wait<T, E>(&self, work: impl Future<Output = Result<T, E>>) -> Result<T, AdminError>
    where
        AdminError: From<E>,
    {
        match &self.runtime {
            Some(runtime) => Ok(runtime.block_on(work)?),
            None => Err(AdminError::Stopped),
        }
    }
}

impl Drop for RunningCity {
    fn drop(&mut self) {
        self.handle.shutdown();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
