//! What a test is a test of.

use rules::laboratory::model_hash;
use rules::pack::Pack;

use crate::common::pack;

#[test]
fn a_model_is_what_findings_follow_from() {
    let before = pack();
    let hash = |pack: &Pack| model_hash(pack, &pack.lots[0]).unwrap();
    let same = |change: fn(&mut Pack)| {
        let mut changed = pack();
        change(&mut changed);
        hash(&changed) == hash(&before)
    };
    assert!(same(|pack| pack.deadline = "2028-01-01T12:00:00Z".to_owned()));
    assert!(same(|pack| pack.lots[0].schedule.clear()));
    assert!(!same(|pack| pack.lots[0].price.weight = "41".to_owned()));
    assert!(!same(|pack| pack.lots[0].min_quality = None));
    assert!(!same(|pack| pack.lots[0].code = "L9".to_owned()));
    assert!(!same(|pack| pack.lots[0].quality[0].weight = "1".to_owned()));
    assert!(!same(|pack| pack.scales[0].marks[0].descriptor = "Another".to_owned()));
    assert!(!same(|pack| pack.method.decimals += 1));
    assert!(!same(|pack| pack.method.tie_break.clear()));
    let question = |pack: &mut Pack, text: &str| {
        pack.lots[0]
            .quality
            .iter_mut()
            .filter_map(|node| node.question.as_mut())
            .for_each(|question| text.clone_into(&mut question.text));
    };
    let mut reworded = pack();
    question(&mut reworded, "Say it in other words.");
    assert_eq!(hash(&reworded), hash(&before));
    // A scale that only another lot uses is none of this one's.
    let mut elsewhere = pack();
    let mut scale = elsewhere.scales[0].clone();
    scale.name = "Another lot’s".to_owned();
    elsewhere.scales.push(scale);
    assert_eq!(hash(&elsewhere), hash(&before));
}
