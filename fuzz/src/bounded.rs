//! The memory a target may hold: an input that makes it hold more ends the run.

use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Write;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's memory, counted. What libFuzzer takes for itself is not among it.
pub struct Bounded {
    held: AtomicUsize,
    most: usize,
}

impl Bounded {
    /// At most so many MiB are held at once.
    pub const fn mib(most: usize) -> Self {
        Self { held: AtomicUsize::new(0), most: most << 20 }
    }

    fn more(&self, bytes: usize) {
        let held = self.held.fetch_add(bytes, Ordering::Relaxed) + bytes;
        if held > self.most {
            // Once is enough: what is said takes no memory, and libFuzzer keeps the input.
            let _ = std::io::stderr().write_all(b"more memory is held than this target may\n");
            std::process::abort();
        }
    }

    fn less(&self, bytes: usize) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }
}

// SAFETY: everything is the system's; only sizes are counted beside it.
unsafe impl GlobalAlloc for Bounded {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.more(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.more(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        self.less(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // While it is moved both are held.
        self.more(size);
        self.less(layout.size());
        // SAFETY: the caller's promises are passed on.
        unsafe { System.realloc(pointer, layout, size) }
    }
}
