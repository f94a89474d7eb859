use serde_json::Value;

/// The operations of the member `paths`, with path and method.
pub(super) fn each_operation(
    paths: &mut Value,
) -> impl Iterator<Item = (String, String, &mut Value)> {
    let paths = paths.as_object_mut().into_iter().flatten();
    paths.flat_map(|(path, item)| {
        let methods = item.as_object_mut().into_iter().flatten();
        methods.map(move |(method, operation)| (path.clone(), method.clone(), operation))
    })
}
