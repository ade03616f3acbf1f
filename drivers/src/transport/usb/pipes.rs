//! Which interface and endpoints of a USB device carry its bytes. Pure.

/// One endpoint of an interface: bulk or not, and its address (bit 7 = towards us).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Endpoint {
    pub(super) address: u8,
    pub(super) bulk: bool,
}

/// One interface in its first setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interface {
    pub(super) number: u8,
    /// Interface class; 7 = printer.
    pub(super) class: u8,
    pub(super) endpoints: Vec<Endpoint>,
}

/// The way in and out of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pipes {
    pub(super) interface: u8,
    pub(super) input: u8,
    pub(super) output: u8,
}

/// Towards us.
const INPUT: u8 = 0x80;

/// Printers.
const PRINTER: u8 = 7;

/// The endpoints of old readers that split every frame over two pipes.
const SPLIT: [u8; 4] = [0x02, 0x06, 0x81, 0x85];

/// Chooses the printer's interface of a printer, and else the first interface with one bulk
/// endpoint each way.
pub(super) fn choose(interfaces: &[Interface]) -> Result<Pipes, &'static str> {
    let printers = interfaces.iter().filter(|one| one.class == PRINTER);
    let others = interfaces.iter().filter(|one| one.class != PRINTER);
    for interface in printers.chain(others) {
        let bulk = |towards_us: bool| {
            interface
                .endpoints
                .iter()
                .find(|one| one.bulk && (one.address & INPUT != 0) == towards_us)
        };
        let (Some(input), Some(output)) = (bulk(true), bulk(false)) else {
            continue;
        };
        if splits_frames(interface) {
            return Err("this reader splits every frame over two pipes, which no driver does");
        }
        return Ok(Pipes {
            interface: interface.number,
            input: input.address,
            output: output.address,
        });
    }
    Err("no interface has a bulk endpoint each way")
}

fn splits_frames(interface: &Interface) -> bool {
    let has = |address: &u8| {
        interface
            .endpoints
            .iter()
            .any(|one| one.address == *address)
    };
    SPLIT.iter().all(has)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(number: u8, class: u8, bulk: bool, addresses: &[u8]) -> Interface {
        let endpoint = |address: &u8| Endpoint {
            address: *address,
            bulk,
        };
        Interface {
            number,
            class,
            endpoints: addresses.iter().map(endpoint).collect(),
        }
    }

    #[test]
    fn a_reader_is_its_first_interface_with_a_pipe_each_way() {
        let reader = [
            interface(0, 3, false, &[0x83]),
            interface(1, 0xFF, true, &[0x82, 0x02]),
        ];
        let pipes = choose(&reader).unwrap();
        assert_eq!(
            (pipes.interface, pipes.input, pipes.output),
            (1, 0x82, 0x02)
        );
    }

    #[test]
    fn a_printer_with_more_functions_is_its_printers_interface() {
        let printer = [
            interface(0, 0xFF, true, &[0x81, 0x01]),
            interface(1, 7, true, &[0x82, 0x02]),
        ];
        assert_eq!(choose(&printer).unwrap().interface, 1);
    }

    #[test]
    fn a_device_without_pipes_or_with_too_many_says_why() {
        let one_way = [interface(0, 7, true, &[0x02])];
        assert!(choose(&one_way).unwrap_err().starts_with("no interface"));
        let split = [interface(0, 0xFF, true, &[0x02, 0x06, 0x81, 0x85])];
        assert!(choose(&split).unwrap_err().contains("two pipes"));
        assert!(choose(&[]).is_err());
    }
}
