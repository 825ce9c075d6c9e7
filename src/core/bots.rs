//! Programs that visit pages: crawlers, monitors and driven browsers. They are not counted.

use super::text;

/// What stands in the user agents of bots, in lower case (posthog-js 1.449.2 has about as many; the names are those that
/// the programs' makers publish). A program that runs in Electron is none.
const MARKS: &str = "adsbot ahrefsbot ahrefssiteaudit amazonbot anthropic-ai applebot archive.org_bot baiduspider \
bingbot bingpreview bot.htm bot.php (bot; bot/ bytespider ccbot chatgpt-user checkly chrome-lighthouse claude-web claudebot \
cohere-ai crawler cypress datadogsynthetics dataforseobot deepscan diffbot dotbot duckassistbot duckduckbot exabot \
facebookcatalog facebookexternal feedfetcher gptbot google-inspectiontool google-read-aloud googlebot googleother \
googleweblight google-extended gtmetrix headlesschrome hubspot ia_archiver linkedinbot lighthouse mediapartners-google \
meta-externalagent mj12bot msnbot nessus netcraft nimbostratus-bot oai-searchbot outbrain page2rss perplexity-user \
perplexitybot petalbot phantomjs pingdom pinterestbot prerender proximic puppeteer rogerbot scrapy screaming semrushbot \
sitebulb skypeuripreview slackbot slurp statuscake storebot-google telegrambot timpibot trendictionbot twitterbot \
uptimerobot vercel-screenshot vercelbot yahoo! yandexbot yandexdirect youbot";

/// Whether a user agent, or what stands in its place, is a bot's. `custom` has marks of the app, in any case.
pub(super) fn is_bot(user_agent: &str, custom: &[String]) -> bool {
    let name = user_agent.to_ascii_lowercase();
    let has = |mark: &str| text::contains(&name, mark);
    text::parts(MARKS, " ").any(has)
        || custom
            .iter()
            .any(|mark| !mark.is_empty() && has(&mark.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_and_driven_browsers_are_bots() {
        for user_agent in [
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/156.0.0.0 Safari/537.36",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (bot; +https://a.example)",
            "Some-Crawler",
        ] {
            assert!(is_bot(user_agent, &[]), "{user_agent}");
        }
    }

    #[test]
    fn people_are_none() {
        for user_agent in [
            "",
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Slack/4.40 Chrome/130.0 Electron/33.0 Safari/537.36",
            "Mozilla/5.0 (Linux; Android 10; CUBOT_X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0 Mobile Safari/537.36",
        ] {
            assert!(!is_bot(user_agent, &[]), "{user_agent}");
        }
    }

    #[test]
    fn an_app_can_name_its_own() {
        let custom = ["".to_owned(), "Our-Probe".to_owned()];
        assert!(is_bot("our-probe/1.0", &custom));
        assert!(!is_bot("Mozilla/5.0 Firefox/140.0", &custom));
    }
}
