//! Compiles the markup with its translations into the crate.

fn main() -> Result<(), slint_build::CompileError> {
    // Tests find elements by what a screen reader says; that needs element names in the code.
    let tested = std::env::var("PROFILE").is_ok_and(|profile| profile == "debug");
    let configuration = slint_build::CompilerConfiguration::new()
        .with_bundled_translations("lang")
        .with_default_translation_context(slint_build::DefaultTranslationContext::None)
        .with_debug_info(tested);
    slint_build::compile_with_config("app.slint", configuration)
}
