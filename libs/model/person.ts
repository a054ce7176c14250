/** Somebody who decides. */
export interface Person {
  /** Stays the same through changes of name: what two-person rules compare. */
  readonly id: string;
  readonly name: string;
  /** `named`: an identity provider vouches for who it is. `local`: whoever may read this machine's token file. `service`: a program. */
  readonly kind: 'named' | 'local' | 'service';
}

/** A person as the audit log names them. */
export const actorOf = ({ id, name }: Person): string => (name === '' || name === id ? id : `${name} (${id})`);
