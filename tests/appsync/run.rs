//! How a document is executed: level by level, by the GraphQL specification (section 6).
//!
//! A field that has a resolver calls the function behind it, any other reads its parent's JSON. All objects of one level
//! are executed together, so that the calls of one resolver for a level make one batch.

use async_graphql_parser::types::{
    BaseType, ExecutableDocument, Field, OperationDefinition, OperationType, SelectionSet, Type, TypeKind,
};
use serde_json::{Map, Value, json};

use super::{
    caller::Caller,
    emulator::{Emulator, Failure},
    input,
    output::leaf,
    selection::{Selecting, print},
};

/// One operation, under way.
pub(super) struct Run<'a> {
    emulator: &'a Emulator,
    caller: &'a Caller,
    document: &'a ExecutableDocument,
    variables: &'a Map<String, Value>,
    errors: Vec<Value>,
}

/// An object whose fields are to be executed.
struct Object<'a> {
    ty: String,
    json: Value,
    sets: Vec<&'a SelectionSet>,
    path: Vec<Value>,
}

/// A field of one of a level's objects.
struct Pending<'a> {
    /// Which object of the level.
    object: usize,
    key: String,
    nodes: Vec<&'a Field>,
    ty: Type,
    path: Vec<Value>,
    state: State,
}

enum State {
    Known(Result<Value, Failure>),
    /// The resolver by its name, and what it is called with.
    Call(String, Value),
}

/// A value whose objects are executed with the next level.
enum Shape {
    Leaf(Value),
    List(Vec<Self>),
    Object(usize),
}

impl<'a> Run<'a> {
    pub(super) fn new(
        emulator: &'a Emulator,
        caller: &'a Caller,
        document: &'a ExecutableDocument,
        variables: &'a Map<String, Value>,
    ) -> Self {
        Self { emulator, caller, document, variables, errors: Vec::new() }
    }

    /// Executes an operation to its data and its errors.
    pub(super) async fn operation(mut self, operation: &'a OperationDefinition) -> (Value, Vec<Value>) {
        let set = &operation.selection_set.node;
        let root = |ty: &str| Object { ty: ty.to_owned(), json: Value::Null, sets: vec![set], path: Vec::new() };
        let data = match operation.ty {
            OperationType::Query => self.level(vec![root("Query")]).await.remove(0),
            OperationType::Mutation => self.serially(root("Mutation")).await,
            OperationType::Subscription => unreachable!("subscriptions do not come as requests"),
        };
        (data.unwrap_or_default(), self.errors)
    }

    fn selecting(&self) -> Selecting<'a> {
        Selecting { schema: &self.emulator.schema, document: self.document, variables: self.variables }
    }

    /// Each field with all below it before the next, as the specification asks of mutations.
    async fn serially(&mut self, root: Object<'a>) -> Option<Value> {
        let mut data = Map::new();
        for (key, nodes) in self.selecting().fields(&root.ty, &root.sets) {
            let field = self.pending(0, &root, key, nodes);
            match self.fields(vec![field], 1).await.remove(0)? {
                Value::Object(fields) => data.extend(fields),
                other => unreachable!("an object is executed to an object, not {other}"),
            }
        }
        Some(Value::Object(data))
    }

    /// Executes all objects of a level. None for an object that a failure below it makes null.
    async fn level(&mut self, objects: Vec<Object<'a>>) -> Vec<Option<Value>> {
        let mut pending = Vec::new();
        for (index, object) in objects.iter().enumerate() {
            for (key, nodes) in self.selecting().fields(&object.ty, &object.sets) {
                pending.push(self.pending(index, object, key, nodes));
            }
        }
        self.fields(pending, objects.len()).await
    }

    async fn fields(&mut self, mut pending: Vec<Pending<'a>>, objects: usize) -> Vec<Option<Value>> {
        self.call(&mut pending).await;
        let mut next = Vec::new();
        let mut settling = Vec::new();
        for field in pending {
            let shape = self.shape(&field, &mut next);
            settling.push((field.object, field.key, field.ty, shape));
        }
        let mut below = if next.is_empty() { Vec::new() } else { Box::pin(self.level(next)).await };
        let mut executed = vec![Some(Map::new()); objects];
        for (object, key, ty, shape) in settling {
            match settle(&ty, shape, &mut below) {
                Some(value) => {
                    executed[object].as_mut().map(|fields| fields.insert(key, value));
                }
                None => executed[object] = None,
            }
        }
        executed.into_iter().map(|fields| fields.map(Value::Object)).collect()
    }

    fn pending(&self, index: usize, object: &Object<'a>, key: String, nodes: Vec<&'a Field>) -> Pending<'a> {
        let schema = &self.emulator.schema;
        let name = nodes[0].name.node.as_str();
        let path = [object.path.as_slice(), &[json!(key)]].concat();
        let (ty, state) = match schema.field(&object.ty, name) {
            None if name == "__typename" => (Type::new("String!").expect("a type"), State::Known(Ok(json!(object.ty)))),
            None => panic!("the HTTP door found {}.{name}, but the exported schema has no such field", object.ty),
            Some(field) if !schema.allows(self.caller, &object.ty, field) => {
                let message = format!("Not Authorized to access {name} on type {}", object.ty);
                (field.ty.node.clone(), State::Known(Err(Failure::new("Unauthorized", message))))
            }
            Some(field) if schema.has_resolver(&object.ty, name) => {
                let state = match input::arguments(schema, &field.arguments, nodes[0], self.variables) {
                    Ok(arguments) => {
                        let context = self.context(object, name, &nodes, &arguments);
                        State::Call(format!("{}.{name}", object.ty), context)
                    }
                    Err(why) => State::Known(Err(Failure::new("ValidationError", why))),
                };
                (field.ty.node.clone(), state)
            }
            Some(field) => (field.ty.node.clone(), State::Known(Ok(object.json[name].clone()))),
        };
        Pending { object: index, key, nodes, ty, path, state }
    }

    /// What a direct Lambda resolver is called with.
    fn context(&self, object: &Object<'_>, field: &str, nodes: &[&'a Field], arguments: &Value) -> Value {
        json!({
            "arguments": arguments,
            "identity": self.caller.identity,
            "source": object.json,
            "request": { "headers": self.caller.headers, "domainName": null },
            "prev": null,
            "info": {
                "selectionSetList": self.selecting().paths(nodes),
                "selectionSetGraphQL": print(nodes),
                "parentTypeName": object.ty,
                "fieldName": field,
                "variables": self.variables,
            },
            "stash": {},
        })
    }

    /// Calls each resolver once for the whole level.
    async fn call(&self, pending: &mut [Pending<'a>]) {
        let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
        for (place, field) in pending.iter().enumerate() {
            let State::Call(resolver, _) = &field.state else { continue };
            match groups.iter_mut().find(|(known, _)| known == resolver) {
                Some((_, places)) => places.push(place),
                None => groups.push((resolver.clone(), vec![place])),
            }
        }
        for (resolver, places) in groups {
            let context = |place: &usize| match &pending[*place].state {
                State::Call(_, context) => context.clone(),
                State::Known(_) => unreachable!("groups hold calls only"),
            };
            let results = self.emulator.invoke(&resolver, places.iter().map(context).collect()).await;
            for (place, result) in places.into_iter().zip(results) {
                pending[place].state = State::Known(result);
            }
        }
    }

    fn shape(&mut self, field: &Pending<'a>, next: &mut Vec<Object<'a>>) -> Shape {
        match &field.state {
            State::Known(Ok(value)) => self.complete(field, &field.ty, value.clone(), field.path.clone(), next),
            State::Known(Err(failure)) => self.fail(&field.path, &failure.error_type, &failure.message),
            State::Call(resolver, _) => unreachable!("{resolver} was called"),
        }
    }

    /// Checks a value by its type, and puts the objects in it aside for the next level.
    fn complete(
        &mut self,
        field: &Pending<'a>,
        ty: &Type,
        value: Value,
        path: Vec<Value>,
        next: &mut Vec<Object<'a>>,
    ) -> Shape {
        if value.is_null() {
            let message = format!("Cannot return null for non-nullable type: '{ty}'");
            return if ty.nullable { Shape::Leaf(value) } else { self.fail(&path, "NonNull", &message) };
        }
        let (name, value) = match (&ty.base, value) {
            (BaseType::List(item), Value::Array(items)) => {
                let items = items.into_iter().enumerate().map(|(index, value)| {
                    let path = [path.as_slice(), &[json!(index)]].concat();
                    self.complete(field, item, value, path, next)
                });
                return Shape::List(items.collect());
            }
            (BaseType::List(_), value) => return self.fail(&path, "List", &format!("{value} is no {ty}")),
            (BaseType::Named(name), value) => (name.as_str(), value),
        };
        let object = match self.emulator.schema.kind(name) {
            Some(TypeKind::Object(_)) => Some(name),
            Some(TypeKind::Interface(_) | TypeKind::Union(_)) => {
                value["__typename"].as_str().filter(|concrete| self.emulator.schema.applies(concrete, name))
            }
            _ => {
                let shown = value.to_string();
                return match leaf(&self.emulator.schema, name, value) {
                    Some(value) => Shape::Leaf(value),
                    None => self.fail(&path, "Serialization", &format!("Can't serialize value {shown} as {name}")),
                };
            }
        };
        match object.map(str::to_owned) {
            Some(ty) if value.is_object() => {
                let sets = field.nodes.iter().map(|node| &node.selection_set.node).collect();
                next.push(Object { ty, json: value, sets, path });
                Shape::Object(next.len() - 1)
            }
            _ => self.fail(&path, "Type", &format!("{value} is not known to be a {name}")),
        }
    }

    fn fail(&mut self, path: &[Value], error_type: &str, message: &str) -> Shape {
        self.errors.push(json!({ "path": path, "errorType": error_type, "message": message }));
        Shape::Leaf(Value::Null)
    }
}

/// The value once its objects are executed; none where it is null but must not be, so that its parent is null.
fn settle(ty: &Type, shape: Shape, below: &mut [Option<Value>]) -> Option<Value> {
    let value = match (shape, &ty.base) {
        (Shape::Leaf(value), _) => value,
        (Shape::Object(index), _) => below[index].take().unwrap_or_default(),
        (Shape::List(items), BaseType::List(item)) => {
            let items: Option<Vec<Value>> = items.into_iter().map(|shape| settle(item, shape, below)).collect();
            items.map(Value::Array).unwrap_or_default()
        }
        (Shape::List(_), BaseType::Named(name)) => unreachable!("{name} was checked to be no list"),
    };
    if value.is_null() && !ty.nullable { None } else { Some(value) }
}
