// The code that opens a link that was sent, for whoever invites: to be told, not to be sent.

import type { Progress } from "../../core/desk.ts";
import { words } from "../../words/later.ts";

export function LinkCode({ name, invitation }: { name: string; invitation: Progress }) {
    const { code, wrong_codes } = invitation;
    return (
        <section class="made-link" data-testid="link-code">
            <h2 class="subheading">{words.link.codeHeading(name)}</h2>
            <p class="big-code" data-testid="link-digits">
                {words.link.codeDigits(code ?? "")}
            </p>
            <p class="quiet">{words.link.codeTell(name)}</p>
            {wrong_codes > 0 && <p>{words.link.codeWrong(wrong_codes)}</p>}
        </section>
    );
}
