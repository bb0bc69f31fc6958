//! The kept inputs. In: a list, one input a line. Out: the inputs. `\\`, `\n`, `\r` and `\xNN` stand for bytes.

/// The inputs of a list; panics where a backslash stands for nothing.
pub fn read(list: &str) -> Vec<Vec<u8>> {
    let lines = list.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| input(line).unwrap_or_else(|| panic!("no input: {line}")))
        .collect()
}

fn input(line: &str) -> Option<Vec<u8>> {
    let mut bytes = line.bytes();
    let mut input = Vec::new();
    while let Some(byte) = bytes.next() {
        let byte = match byte {
            b'\\' => match bytes.next()? {
                b'\\' => b'\\',
                b'n' => b'\n',
                b'r' => b'\r',
                b'x' => {
                    let digits = [bytes.next()?, bytes.next()?];
                    u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
                }
                _ => return None,
            },
            byte => byte,
        };
        input.push(byte);
    }
    Some(input)
}
