//! The most that sources can send to sinks with room, along the pairs that are allowed.

/// Sources with supplies, sinks with room, and the sinks each source may use.
#[derive(Debug, Clone, Default)]
pub struct Flow {
    /// Sinks of each source.
    pub sinks: Vec<Vec<u16>>,
    sent: Vec<u32>,
    room: Vec<u32>,
    seen: Vec<bool>,
    width: usize,
}

impl Flow {
    /// A flow over these pairs; there are `width` sinks.
    pub fn new(sinks: Vec<Vec<u16>>, width: usize) -> Self {
        Self { sent: vec![0; sinks.len() * width], sinks, width, ..Self::default() }
    }

    /// What cannot be sent at best: supplies less the maximum flow, by augmenting paths after a greedy start.
    pub fn unsent(&mut self, supplies: &[u32], room: &[u32]) -> u32 {
        self.sent.fill(0);
        self.room.clear();
        self.room.extend_from_slice(room);
        let mut unsent = 0;
        for (source, &supply) in supplies.iter().enumerate() {
            let mut left = supply;
            while left > 0 {
                self.seen.clear();
                self.seen.resize(self.width, false);
                match self.push(source, left) {
                    0 => break,
                    sent => left -= sent,
                }
            }
            unsent += left;
        }
        unsent
    }

    /// Sends up to `most` from a source, moving what others sent out of the way; returns how much went.
    fn push(&mut self, source: usize, most: u32) -> u32 {
        for i in 0..self.sinks[source].len() {
            let sink = usize::from(self.sinks[source][i]);
            if self.room[sink] > 0 {
                let sent = most.min(self.room[sink]);
                self.room[sink] -= sent;
                self.sent[source * self.width + sink] += sent;
                return sent;
            }
        }
        for i in 0..self.sinks[source].len() {
            let sink = usize::from(self.sinks[source][i]);
            if std::mem::replace(&mut self.seen[sink], true) {
                continue;
            }
            for other in 0..self.sinks.len() {
                let here = self.sent[other * self.width + sink];
                if other == source || here == 0 {
                    continue;
                }
                let moved = self.push(other, most.min(here));
                if moved > 0 {
                    self.sent[other * self.width + sink] -= moved;
                    self.sent[source * self.width + sink] += moved;
                    return moved;
                }
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::Flow;

    /// By Hall: the largest excess of a set of sources over the room it can reach.
    fn brute(flow: &Flow, supplies: &[u32], room: &[u32]) -> u32 {
        let excess = |set: usize| {
            let chosen = || (0..supplies.len()).filter(move |s| set >> s & 1 == 1);
            let reached = |sink: &usize| chosen().any(|s| flow.sinks[s].contains(&(*sink as u16)));
            let room: u32 = (0..room.len()).filter(reached).map(|sink| room[sink]).sum();
            chosen().map(|s| supplies[s]).sum::<u32>().saturating_sub(room)
        };
        (0..1 << supplies.len()).map(excess).max().unwrap_or(0)
    }

    #[test]
    fn no_assignment_leaves_fewer_without_a_place() {
        let mut word = 1_u64;
        let mut below = |n: u64| {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (word >> 33) % n
        };
        for _ in 0..2_000 {
            let (sources, width) = (1 + below(6) as usize, 1 + below(5) as usize);
            let sinks = (0..sources).map(|_| (0..width as u16).filter(|_| below(2) == 0).collect()).collect();
            let mut flow = Flow::new(sinks, width);
            for _ in 0..2 {
                let supplies: Vec<u32> = (0..sources).map(|_| below(9) as u32).collect();
                let room: Vec<u32> = (0..width).map(|_| below(9) as u32).collect();
                assert_eq!(flow.unsent(&supplies, &room), brute(&flow, &supplies, &room));
            }
        }
    }
}
