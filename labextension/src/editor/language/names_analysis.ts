// Finds the names of a script, their scopes and what binds them, by a walk over its syntax tree. The tree is
// Lezer's, which recovers from errors, so that a script that is being typed has names.

import type { Text } from "@codemirror/state";
import type { SyntaxNode, Tree } from "@lezer/common";
import {
  isTypesOf,
  selfOf,
  type Attribute,
  type Binding,
  type Keyword,
  type NameKind,
  type Names,
  type Occurrence,
  type Origin,
  type Range,
  type Scope,
  type ScopeKind,
  type Unpacked,
} from "./names";

const COMPREHENSIONS = new Set([
  "ComprehensionExpression",
  "ArrayComprehensionExpression",
  "DictionaryComprehensionExpression",
  "SetComprehensionExpression",
]);

/// What a statement may stand in, but for definitions: other nodes need no search for `global`.
const BLOCKS = new Set([
  "Body",
  "StatementGroup",
  "IfStatement",
  "WhileStatement",
  "ForStatement",
  "TryStatement",
  "WithStatement",
  "MatchStatement",
  "MatchBody",
  "MatchClause",
]);

/// The names of a script. A use is of the binding that Python would look up.
export function namesOf(tree: Tree, doc: Text): Names {
  return new Analysis(doc).run(tree.topNode);
}

/// Long, with a method for each kind of node that binds or reads: they share the scopes they walk in.
class Analysis {
  private readonly scopes: Scope[] = [];
  private readonly pending: [string, Occurrence][] = [];
  private readonly keywords: Keyword[] = [];
  private readonly unpacked: Unpacked[] = [];
  private readonly attributes: Attribute[] = [];
  /// The first binding of each name in each scope, in the order of evaluation.
  private readonly first = new Map<Binding, number>();
  private order = 0;
  /// All of the text: in a document each name would be searched for.
  private readonly whole: string;

  constructor(private readonly doc: Text) {
    this.whole = doc.toString();
  }

  run(top: SyntaxNode): Names {
    const module = this.open("module", null, top, 0, this.doc.length);
    this.visitChildren(top, module);
    const bindings = this.scopes.flatMap(scope => [...scope.bindings.values()]);
    bindings.push(...this.resolve(module));
    // What is only declared, or bound by `global` of a function alone, has its scope by now.
    for (const { occurrences } of bindings) occurrences.sort((a, b) => a.from - b.from);
    return {
      module,
      scopes: this.scopes,
      bindings: [...new Set(bindings)].filter(binding => binding.occurrences.length),
      keywords: this.keywords,
      unpacked: this.unpacked,
      attributes: this.attributes,
    };
  }

  private open(
    kind: ScopeKind,
    parent: Scope | null,
    node: SyntaxNode,
    from: number,
    to: number,
  ): Scope {
    const scope: Scope = {
      kind,
      parent,
      node,
      from,
      to,
      bindings: new Map(),
      declared: new Map(),
      stars: [],
      members: new Map(),
    };
    this.scopes.push(scope);
    return scope;
  }

  private text({ from, to }: Range): string {
    return this.whole.slice(from, to);
  }

  // -- what binds and what uses

  private use(node: SyntaxNode, scope: Scope, role: "use" | "declare" = "use") {
    const { from, to } = node;
    if (to > from)
      this.pending.push([this.text(node), { from, to, role, scope, order: this.order++ }]);
  }

  private attribute(range: SyntaxNode, node: SyntaxNode, isAssigned = false) {
    const { from, to } = range;
    this.attributes.push({ from, to, name: this.text(range), node, isAssigned });
  }

  private bind(
    node: SyntaxNode,
    scope: Scope,
    kind: NameKind = "variable",
    more: { origin?: Origin; node?: SyntaxNode; role?: "bind" | "delete"; part?: Range } = {},
  ) {
    const { from, to } = more.part ?? node;
    if (to <= from) return;
    const name = this.text({ from, to });
    const occurrence = { from, to, role: more.role ?? "bind", scope, order: this.order++ } as const;
    const declared = scope.declared.get(name);
    // Decided when all scopes are known: the scope that it names may bind it below.
    if (declared) return void this.pending.push([name, occurrence]);
    let binding = scope.bindings.get(name);
    if (!binding) {
      binding = { name, scope, kind, occurrences: [] };
      scope.bindings.set(name, binding);
      this.first.set(binding, occurrence.order);
    } else if (kind !== "variable") binding.kind = kind;
    if (more.origin) binding.origin ??= more.origin;
    if (more.node) binding.node = more.node;
    binding.occurrences.push(occurrence);
  }

  private resolve(module: Scope): Binding[] {
    const unknown = new Map<string, Binding>();
    // First what binds: a function's `global x; x = 1` makes a name of the module.
    for (const [name, occurrence] of this.pending) {
      if (occurrence.role === "use") continue;
      const target = this.declaredIn(occurrence.scope, name, module);
      if (target.bindings.has(name)) continue;
      if (occurrence.role === "declare" && target !== module) continue;
      target.bindings.set(name, { name, scope: target, kind: "variable", occurrences: [] });
    }
    for (const [name, occurrence] of this.pending) {
      const { scope, role } = occurrence;
      let binding =
        role === "use" && !scope.declared.has(name)
          ? this.find(scope, name, occurrence.order)
          : (this.declaredIn(scope, name, module).bindings.get(name) ?? null);
      if (!binding) {
        binding = unknown.get(name) ?? { name, scope: null, kind: "variable", occurrences: [] };
        unknown.set(name, binding);
      }
      binding.occurrences.push(occurrence);
    }
    return [...module.bindings.values(), ...unknown.values()];
  }

  /// The scope that `global` or `nonlocal` in this scope, or in one around it, gives a name to.
  private declaredIn(scope: Scope, name: string, module: Scope): Scope {
    if (scope.declared.get(name) === "global") return module;
    for (let at = scope.parent; at; at = at.parent)
      if (at.kind === "function" || at.kind === "types") {
        if (at.declared.has(name)) return this.declaredIn(at, name, module);
        if (at.bindings.has(name)) return at;
      }
    return module;
  }

  private find(scope: Scope, name: string, order: number): Binding | null {
    for (let at: Scope | null = scope; at; at = at.parent) {
      if (at.kind === "class" && at !== scope && !isTypesOf(scope, at)) continue;
      if (at.declared.has(name))
        return this.declaredIn(at, name, this.scopes[0]!).bindings.get(name) ?? null;
      const binding = at.bindings.get(name);
      // Before a class binds a name, its body sees that of around: `x = x`.
      if (binding && at.kind === "class" && order < (this.first.get(binding) ?? 0)) continue;
      if (binding) return binding;
    }
    return null;
  }

  // -- the tree, in the order of evaluation

  private visitChildren(node: SyntaxNode, scope: Scope) {
    for (let child = node.firstChild; child; child = child.nextSibling) this.visit(child, scope);
  }

  private visit(node: SyntaxNode, scope: Scope): void {
    const { name } = node.type;
    switch (name) {
      case "VariableName":
        return this.use(node, scope);
      case "PropertyName":
        return this.attribute(node, node);
      case "FunctionDefinition":
      case "LambdaExpression":
        return this.visitFunction(node, scope);
      case "ClassDefinition":
        return this.visitClass(node, scope);
      case "Decorator":
        return this.visitDecorator(node, scope);
      case "AssignStatement":
        return this.visitAssignment(node, scope);
      case "UpdateStatement":
        return this.visitUpdate(node, scope);
      case "NamedExpression":
        return this.visitNamed(node, scope);
      case "ForStatement":
        return this.visitFor(node, scope);
      case "WithStatement":
      case "TryStatement":
        return this.visitAs(node, scope);
      case "DeleteStatement":
        for (const child of childrenOf(node)) this.bindTarget(child, scope, "delete");
        return;
      case "ScopeStatement":
        return this.visitDeclaration(node, scope);
      case "ImportStatement":
        return this.visitImport(node, scope);
      case "TypeDefinition":
        return this.visitTypeDefinition(node, scope);
      case "CallExpression":
        return this.visitCall(node, scope);
      case "CapturePattern":
        return this.visitCapture(node, scope);
      case "AsPattern":
        return this.visitAs(node, scope);
      case "KeywordPattern":
        return this.visitKeywordPattern(node, scope);
      default:
        if (COMPREHENSIONS.has(name)) return this.visitComprehension(node, scope);
        return this.visitChildren(node, scope);
    }
  }

  /// The name before `=` is an attribute's.
  private visitKeywordPattern(node: SyntaxNode, scope: Scope) {
    const [name, ...rest] = childrenOf(node);
    if (name?.type.name === "VariableName") this.attribute(name, name);
    for (const child of rest) this.visit(child, scope);
  }

  private bindTarget(node: SyntaxNode, scope: Scope, role: "bind" | "delete" = "bind") {
    switch (node.type.name) {
      case "VariableName":
        return this.bind(node, scope, "variable", { role });
      case "TupleExpression":
      case "ArrayExpression":
      case "ParenthesizedExpression":
        for (const child of childrenOf(node)) this.bindTarget(child, scope, role);
        return;
      case "MemberExpression":
        if (role === "delete") return this.visit(node, scope);
        this.noteMember(node, scope);
        for (const child of childrenOf(node))
          if (child.type.name === "PropertyName") this.attribute(child, child, true);
          else this.visit(child, scope);
        return;
      default:
        return this.visit(node, scope);
    }
  }

  /// `self.x = …` in a method is an attribute of its class.
  private noteMember(node: SyntaxNode, scope: Scope) {
    const [object, , property] = childrenOf(node);
    if (object?.type.name !== "VariableName" || property?.type.name !== "PropertyName") return;
    const self = selfOf(scope, this.doc);
    const name = this.text(property);
    if (self && self.name === this.text(object) && !self.class.members.has(name))
      self.class.members.set(name, { from: property.from, to: property.to });
  }

  private visitFunction(node: SyntaxNode, outer: Scope) {
    const title = node.type.name === "FunctionDefinition" ? node.getChild("VariableName") : null;
    if (title) this.bind(title, outer, "function", { node });
    const around = this.visitTypeParameters(node, outer);
    const parameters = node.getChild("ParamList");
    const inside: SyntaxNode[] = [];
    for (const child of parameters ? childrenOf(parameters) : []) {
      // A default is evaluated where the function is defined, and so is an annotation.
      const isDefault = child.prevSibling?.type.name === "AssignOp";
      if (child.type.name === "VariableName" && !isDefault) inside.push(child);
      else if (child.type.name === "TypeDef") this.visitChildren(child, around);
      else if (isDefault) this.visit(child, outer);
    }
    const returned = node.getChild("TypeDef");
    if (returned) this.visitChildren(returned, around);
    const scope = this.open(
      "function",
      around,
      node,
      parameters?.from ?? title?.to ?? node.from,
      node.to,
    );
    for (const parameter of inside) this.bind(parameter, scope, "parameter");
    const past = parameters?.to ?? node.from;
    for (const child of childrenOf(node))
      if (child.from >= past && child.type.name !== "TypeDef") {
        this.declare(child, scope);
        this.visit(child, scope);
      }
  }

  private visitClass(node: SyntaxNode, outer: Scope) {
    const title = node.getChild("VariableName");
    const around = this.visitTypeParameters(node, outer);
    const bases = node.getChild("ArgList");
    if (bases) this.visitArguments(bases, around, node);
    const body = node.getChild("Body");
    if (body) {
      const scope = this.open("class", around, node, body.from, node.to);
      this.declare(body, scope);
      this.visitChildren(body, scope);
    }
    // The name is bound when the body has run.
    if (title) this.bind(title, outer, "class", { node });
  }

  /// `global` and `nonlocal` hold for the whole body, wherever in it they stand.
  private declare(node: SyntaxNode, scope: Scope) {
    for (const child of childrenOf(node)) {
      const { name } = child.type;
      if (name === "ScopeStatement") {
        const how = child.firstChild?.type.name === "global" ? "global" : "nonlocal";
        for (const each of child.getChildren("VariableName"))
          scope.declared.set(this.text(each), how);
      } else if (BLOCKS.has(name)) this.declare(child, scope);
    }
  }

  private visitTypeParameters(node: SyntaxNode, outer: Scope): Scope {
    const list = node.getChild("TypeParamList");
    if (!list) return outer;
    const scope = this.open("types", outer, node, list.from, node.to);
    for (const parameter of list.getChildren("TypeParam")) {
      const name = parameter.getChild("VariableName");
      if (name) this.bind(name, scope, "type");
      const bound = parameter.getChild("TypeDef");
      if (bound) this.visitChildren(bound, scope);
    }
    return scope;
  }

  private visitTypeDefinition(node: SyntaxNode, outer: Scope) {
    const title = node.getChild("VariableName");
    if (title) this.bind(title, outer, "type");
    const scope = this.visitTypeParameters(node, outer);
    for (const child of childrenOf(node))
      if (child.from >= (title?.to ?? 0) && child.type.name !== "TypeParamList")
        this.visit(child, scope);
  }

  private visitDecorator(node: SyntaxNode, scope: Scope) {
    // `@a.b.c`: the names after the first are attributes.
    const called = node.getChildren("VariableName");
    const callee = called.length === 1 ? called[0]! : node;
    for (const child of childrenOf(node)) {
      if (child.type.name !== "VariableName") {
        if (child.type.name === "ArgList") this.visitArguments(child, scope, callee);
        else this.visit(child, scope);
      } else if (child.prevSibling?.type.name !== ".") this.use(child, scope);
      else this.attribute(child, node);
    }
  }

  private visitAssignment(node: SyntaxNode, scope: Scope) {
    const children = childrenOf(node);
    const last = children.map(child => child.type.name).lastIndexOf("AssignOp");
    const end = last < 0 ? children.length : last;
    for (const child of children.slice(end)) this.visit(child, scope);
    for (const child of children.slice(0, end))
      if (child.type.name === "TypeDef") this.visitChildren(child, scope);
      else this.bindTarget(child, scope);
  }

  private visitUpdate(node: SyntaxNode, scope: Scope) {
    const [target, ...rest] = childrenOf(node);
    for (const child of rest) this.visit(child, scope);
    if (target) this.bindTarget(target, scope);
  }

  /// `:=` binds outside of comprehensions.
  private visitNamed(node: SyntaxNode, scope: Scope) {
    const [target, ...rest] = childrenOf(node);
    for (const child of rest) this.visit(child, scope);
    if (target) this.bindTarget(target, outside(scope));
  }

  private visitFor(node: SyntaxNode, scope: Scope) {
    const children = childrenOf(node);
    const isIn = children.findIndex(child => child.type.name === "in");
    const body = children.findIndex(child => child.type.name === "Body");
    const end = body < 0 ? children.length : body;
    const targets = children.slice(0, isIn < 0 ? end : isIn);
    for (const child of children.slice(targets.length, end)) this.visit(child, scope);
    for (const child of targets) this.bindTarget(child, scope);
    for (const child of children.slice(end)) this.visit(child, scope);
  }

  /// What stands after `as` is bound.
  private visitAs(node: SyntaxNode, scope: Scope) {
    for (const child of childrenOf(node)) {
      const isTarget = child.prevSibling?.type.name === "as";
      // `case _` matches without binding; `as _` binds.
      if (isTarget) this.bindTarget(child, scope);
      else this.visit(child, scope);
    }
  }

  private visitCapture(node: SyntaxNode, scope: Scope) {
    const name = node.getChild("VariableName");
    if (name && this.text(name) !== "_") this.bind(name, scope);
  }

  private visitDeclaration(node: SyntaxNode, scope: Scope) {
    for (const child of node.getChildren("VariableName"))
      if (scope.declared.has(this.text(child))) this.use(child, scope, "declare");
      // At the top `global` changes nothing.
      else this.use(child, scope);
  }

  private visitImport(node: SyntaxNode, scope: Scope) {
    const children = childrenOf(node);
    let module = "";
    let at = 0;
    if (children[0]?.type.name === "from")
      for (at = 1; at < children.length && children[at]!.type.name !== "import"; at++)
        module += this.text(children[at]!);
    const isFrom = at > 0;
    // Each name: a dotted one, and what stands after `as`.
    let dotted: SyntaxNode[] = [];
    let alias: SyntaxNode | null = null;
    const flush = () => {
      const first = dotted[0];
      if (!first) return;
      const path = dotted.map(part => this.text(part)).join(".");
      const origin = isFrom ? { module, member: path } : { module: path };
      if (alias) this.bind(alias, scope, isFrom ? "variable" : "module", { origin });
      else if (isFrom) this.bind(first, scope, "variable", { origin });
      else this.bind(first, scope, "module", { origin: { module: this.text(first) } });
      dotted = [];
      alias = null;
    };
    for (const child of children.slice(at + 1)) {
      const { name } = child.type;
      if (name === "*") scope.stars.push(module);
      else if (name === ",") flush();
      else if (name === "VariableName") {
        if (child.prevSibling?.type.name === "as") alias = child;
        else dotted.push(child);
      }
    }
    flush();
  }

  private visitCall(node: SyntaxNode, scope: Scope) {
    const callee = node.firstChild;
    for (const child of childrenOf(node))
      if (child.type.name === "ArgList") this.visitArguments(child, scope, callee!);
      else this.visit(child, scope);
  }

  private visitArguments(list: SyntaxNode, scope: Scope, callee: SyntaxNode) {
    const children = childrenOf(list);
    // `f(x for x in y)` has no node of its own for what is in it.
    if (children.some(child => child.type.name === "for"))
      return this.visitComprehension(list, scope);
    for (const child of children) {
      const operator = child.nextSibling;
      if (child.type.name === "**")
        this.unpacked.push({ from: child.from, to: child.to, callee, list });
      if (child.type.name !== "VariableName" || operator?.type.name !== "AssignOp")
        this.visit(child, scope);
      else if (this.text(operator) === ":=") this.bind(child, outside(scope));
      else this.keywords.push({ from: child.from, to: child.to, name: this.text(child), callee });
    }
  }

  private visitComprehension(node: SyntaxNode, outer: Scope) {
    const children = childrenOf(node);
    const scope = this.open("comprehension", outer, node, node.from, node.to);
    const start = children.findIndex(({ type }) => type.name === "for" || type.name === "async");
    // The first iterable is evaluated outside.
    let isFirst = true;
    let part: "target" | "iterable" | "condition" = "condition";
    for (const child of children.slice(Math.max(start, 0))) {
      const { name } = child.type;
      if (name === "for") part = "target";
      else if (name === "in" && part === "target") part = "iterable";
      else if (name === "if") part = "condition";
      else if (part === "target") this.bindTarget(child, scope);
      else if (part === "iterable") {
        this.visit(child, isFirst ? outer : scope);
        isFirst = false;
      } else this.visit(child, scope);
    }
    for (const child of children.slice(0, Math.max(start, 0))) this.visit(child, scope);
  }
}

/// The scope in which `:=` binds.
function outside(scope: Scope): Scope {
  let at = scope;
  while (at.kind === "comprehension" && at.parent) at = at.parent;
  return at;
}

function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}
