// The sign of what rings and what does not. It says nothing by itself: a word stands beside it.

export function Bell({ muted }: { muted: boolean }) {
    return (
        <svg class="bell" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
            <path d="M6 16.5V11a6 6 0 0 1 12 0v5.5l1.5 1.5h-15z M10 20.5a2 2 0 0 0 4 0" />
            {muted && <path d="M4 4l16 16" />}
        </svg>
    );
}
