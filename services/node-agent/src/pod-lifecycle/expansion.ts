/**
 * `$(NAME)` in commands, arguments and environment: replaced when NAME is known, left as it is when
 * not; `$$` is a dollar sign (upstream's third_party/forked/golang/expansion).
 */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
  return text.replace(/\$(\$|\(([^()]*)\))/g, (whole, what: string, name: string | undefined) =>
    what === '$' ? '$' : (lookUp(name ?? '') ?? whole),
  );
}
