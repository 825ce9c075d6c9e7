window.hoglet = window.posthog;
