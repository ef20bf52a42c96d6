// SPDX-License-Identifier: MIT
// A fuzzer of LibAFL's parts (0.16.1), for vonk -fuzz: its ForkserverExecutor, havoc, tokens, and a corpus in memory.
//
//	vonk-libafl [KEY=VALUE ...] -- vonk -fuzz ... FIRMWARE
//
//	in=DIRECTORY	seeds				out=DIRECTORY	where finds go
//	seconds=N	how long (60)			timeout=MS	for one input (1000)
//	finds=N		end after so many		inputs=stdin	not by shared memory
//	map=BYTES	size of the map (65536)		kill=SIGKILL	how to end what hangs (SIGTERM)
//	tokens=no	no dictionary of the target's	seed=N		of the random numbers (the time)
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use libafl::corpus::{Corpus, InMemoryCorpus, OnDiskCorpus};
use libafl::events::SimpleEventManager;
use libafl::executors::{ForkserverExecutor, StdChildArgs};
use libafl::feedbacks::{CrashFeedback, MaxMapFeedback, TimeoutFeedback};
use libafl::inputs::BytesInput;
use libafl::monitors::NopMonitor;
use libafl::mutators::{HavocScheduledMutator, Tokens, havoc_mutations, tokens_mutations};
use libafl::observers::{HitcountsMapObserver, StdMapObserver};
use libafl::schedulers::StdScheduler;
use libafl::stages::{CalibrationStage, StdMutationalStage, calibrate::UnstableEntriesMetadata};
use libafl::state::{HasCorpus, HasExecutions, HasSolutions, StdState};
use libafl::{Error, Fuzzer, HasMetadata, StdFuzzer, feedback_and_fast, feedback_or_fast};
use libafl_bolts::rands::StdRand;
use libafl_bolts::shmem::{ShMem, ShMemProvider, UnixShMemProvider};
use libafl_bolts::tuples::{Merge, tuple_list};
use libafl_bolts::{StdTargetArgs, current_nanos};

fn main() -> Result<(), Error> {
    let mut words = std::env::args().skip(1);
    let keys: HashMap<String, String> = words
        .by_ref()
        .take_while(|w| w != "--")
        .filter_map(|w| w.split_once('=').map(|(k, v)| (k.into(), v.into())))
        .collect();
    let command: Vec<String> = words.collect();
    let text = |k: &str, other: &str| keys.get(k).map_or(other, |v| v.as_str()).to_string();
    let number = |k: &str, other: u64| text(k, &other.to_string()).parse().expect("a number");
    if command.is_empty() {
        return Err(Error::illegal_argument("what to fuzz comes behind --"));
    }

    let size = number("map", 65536) as usize;
    let mut provider = UnixShMemProvider::new()?;
    let mut map = provider.new_shmem(size)?;
    unsafe { map.write_to_env("__AFL_SHM_ID")? };
    let edges = unsafe { HitcountsMapObserver::new(StdMapObserver::new("edges", &mut map[..])) };
    let mut feedback = MaxMapFeedback::new(&edges);
    let calibration = CalibrationStage::new(&feedback);
    let mut objective = feedback_and_fast!(
        feedback_or_fast!(CrashFeedback::new(), TimeoutFeedback::new()),
        MaxMapFeedback::with_name("finds", &edges)
    );
    let mut state = StdState::new(
        StdRand::with_seed(number("seed", current_nanos())),
        InMemoryCorpus::<BytesInput>::new(),
        OnDiskCorpus::new(PathBuf::from(text("out", "out")))?,
        &mut feedback,
        &mut objective,
    )?;
    let mut manager = SimpleEventManager::new(NopMonitor::new());
    let mut fuzzer = StdFuzzer::new(StdScheduler::new(), feedback, objective);

    let mut cases = UnixShMemProvider::new()?;
    let mut tokens = Tokens::new();
    let mut builder = ForkserverExecutor::builder()
        .program(&command[0])
        .args(&command[1..])
        .coverage_map_size(size)
        .is_persistent(true)
        .kill_signal(text("kill", "SIGTERM").parse().expect("a signal"))
        .timeout(Duration::from_millis(number("timeout", 1000)));
    if text("tokens", "yes") == "yes" {
        builder = builder.autotokens(&mut tokens);
    }
    if text("inputs", "shm") != "stdin" {
        builder = builder.shmem_provider(&mut cases);
    }
    let mut executor = builder.build(tuple_list!(edges))?;
    let offered = tokens.len();
    state.add_metadata(tokens);

    state.load_initial_inputs_forced(
        &mut fuzzer,
        &mut executor,
        &mut manager,
        &[text("in", "in").into()],
    )?;
    let mutator = HavocScheduledMutator::new(havoc_mutations().merge(tokens_mutations()));
    let mut stages = tuple_list!(calibration, StdMutationalStage::new(mutator));
    let (begin, mut told) = (Instant::now(), 0);
    let (limit, finds) = (
        Duration::from_secs(number("seconds", 60)),
        number("finds", u64::MAX),
    );
    while begin.elapsed() < limit && (state.solutions().count() as u64) < finds {
        fuzzer.fuzz_one(&mut stages, &mut executor, &mut state, &mut manager)?;
        while told < state.solutions().count() {
            told += 1;
            println!(
                "find {told}: {:.1} s, {} inputs",
                begin.elapsed().as_secs_f64(),
                state.executions()
            );
        }
    }
    let seconds = begin.elapsed().as_secs_f64();
    let unstable = state
        .metadata::<UnstableEntriesMetadata>()
        .map_or(0, |m| m.unstable_entries().len());
    println!("inputs: {}", state.executions());
    println!("seconds: {seconds:.1}");
    println!("a second: {:.0}", *state.executions() as f64 / seconds);
    println!("corpus: {}", state.corpus().count());
    println!("finds: {told}");
    println!("unstable: {unstable}");
    println!("tokens: {offered}");
    Ok(())
}
